"""Takes the folder that a program was built in out of its texts, without moving a byte.

Usage: relative.py PROGRAM FOLDER
"""

import os
import sys

path, folder = sys.argv[1], os.fsencode(os.path.abspath(sys.argv[2]))
with open(path, "rb") as file:
    data = file.read()
data = data.replace(folder + b"/", b"." + b"/" * len(folder))
with open(path, "wb") as file:
    file.write(data)
