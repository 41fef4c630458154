"""`python -m app` is `foyer`."""

import sys

from app.cli import main

sys.exit(main())
