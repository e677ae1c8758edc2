"""A loopback interface of one's own, and what it carried."""
import ctypes
import fcntl
import os
import pathlib
import socket
import struct
from dataclasses import dataclass

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def move_to_an_own_one():
    """False where that is not allowed: then the bytes are those of everybody on this machine."""
    uid = os.getuid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET if uid == 0 else CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    if uid != 0:
        pathlib.Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
    return True


@dataclass
class Counted:
    carried: int  # bytes, both ways, with the headers of TCP and IP
    connections: int  # opened

    def __sub__(self, earlier):
        return Counted(self.carried - earlier.carried, self.connections - earlier.connections)


def counted():
    """Since the interface has been there."""
    devices = pathlib.Path("/proc/self/net/dev").read_text().splitlines()
    figures = next(figures for name, _, figures in (line.partition(":") for line in devices) if name.strip() == "lo")
    names, values = (line.split() for line in pathlib.Path("/proc/self/net/snmp").read_text().splitlines()
                     if line.startswith("Tcp:"))
    return Counted(int(figures.split()[0]), int(values[names.index("ActiveOpens")]))
