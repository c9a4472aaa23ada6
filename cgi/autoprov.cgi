#!/usr/bin/python3 -IS
"""What phones fetch, as a CGI. ``-I -S``: no site-packages, no user's environment; half of the start is saved so."""

import os
import sys

# The packages lie beside this folder, in a checkout and where the package puts them; AUTOPROV_CODE names them elsewhere.
sys.path.insert(0, os.environ.get("AUTOPROV_CODE") or os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

from autoprov_web.cgi import main

main()
