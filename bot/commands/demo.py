"""placeholder until the demo exists"""
import click
@click.command()
def demo() -> None:
    """x"""
