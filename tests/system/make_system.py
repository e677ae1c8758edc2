#!/usr/bin/python3
"""Makes the packages of a build, and the root file system that the machines of these tests begin as: what the .deb
needs, and not the .deb.

usage: make_system.py --build DIRECTORY --packages DIRECTORY --output ROOT
Ends with 77 where this host can boot no machine.
"""
import pathlib
import shutil
import subprocess

import machine
import packages
import run

arguments, _ = run.arguments(__doc__, "build", "packages", "output")
root = pathlib.Path(arguments.output)
for former in (root, arguments.packages):
    shutil.rmtree(former, ignore_errors=True)
package = pathlib.Path(__file__).parents[2] / "packaging/package.sh"
subprocess.run([package, "--build", arguments.build, "--output", arguments.packages], check=True)
depends = packages.field(packages.built(arguments.packages), "Depends")
machine.install_system(root, [of.split("|")[0].split()[0] for of in depends.split(",")])
