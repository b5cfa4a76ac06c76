// A menu shuts when somebody turns to anything else, or presses Escape in it.

export const openMenus = () => [...document.querySelectorAll("details.menu[open]")];
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = openMenus().find((one) => one.contains(document.activeElement));
  if (event.key !== "Escape" || !menu) return;
  event.preventDefault(); // or the dialog around it would shut as well
  menu.open = false;
  menu.querySelector("summary").focus();
});
