// Moments on somebody's own clock: unix seconds here, "2026-11-30T09:00" in a control.

const parts = (seconds, timezone) => {
  const shown = new Intl.DateTimeFormat("en-CA", {
    timeZone: timezone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit",
  }).formatToParts(seconds * 1000);
  return Object.fromEntries(shown.map((part) => [part.type, part.value]));
};

/** What the clock on the wall there shows at this moment. */
export function onTheWall(seconds, timezone) {
  const { year, month, day, hour, minute } = parts(seconds, timezone);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/** The moment at which the clock on the wall there shows this; "" for nothing. */
export function momentOf(shown, timezone) {
  if (!shown) return "";
  const wanted = Date.parse(`${shown}Z`) / 1000;
  let seconds = wanted;
  // Twice: the first guess may lie on the other side of a change to or from summer time.
  for (let round = 0; round < 2; round += 1)
    seconds += wanted - Date.parse(`${onTheWall(seconds, timezone)}Z`) / 1000;
  return String(seconds);
}
