"""`python -m yimen` is the command line."""

import sys

from yimen.site.cli import main

sys.exit(main())
