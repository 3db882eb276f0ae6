"""`python -m pilotage`."""

from pilotage.cli.main import main

main()
