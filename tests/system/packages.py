"""Packages of other versions than the one that was built."""
import pathlib
import subprocess
import tempfile


def of_version(deb, version, directory, change=lambda root: None):
    """The same package under another version. `change` may alter what it holds."""
    root = pathlib.Path(tempfile.mkdtemp(dir=directory))
    subprocess.run(["dpkg-deb", "--raw-extract", deb, root], check=True)
    control = root / "DEBIAN/control"
    lines = [f"Version: {version}" if line.startswith("Version:") else line for line in control.read_text().splitlines()]
    control.write_text("\n".join(lines) + "\n")
    change(root)
    made = pathlib.Path(directory, f"dbssd_{version}_amd64.deb")
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", root, made], check=True, stdout=subprocess.DEVNULL)
    return made
