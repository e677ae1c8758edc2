#!/usr/bin/python3
"""Makes the root file system that the machines of these tests begin as: what a package needs, and not the package.

usage: make_system.py --package DEB --output ROOT
Ends with 77 where this host can boot no machine.
"""
import pathlib
import shutil
import subprocess

import machine
import run

arguments, _ = run.arguments(__doc__, "package", "output")
depends = subprocess.run(["dpkg-deb", "--field", arguments.package, "Depends"], check=True, capture_output=True, text=True).stdout
root = pathlib.Path(arguments.output)
if root.exists():
    shutil.rmtree(root)
root.parent.mkdir(parents=True, exist_ok=True)
machine.install_system(root, [of.split("|")[0].split()[0] for of in depends.split(",")])
