#!/usr/bin/python3
"""That a log which grows is counted whole, whatever was asked for before."""
import pathlib
import tempfile
import unittest

from log import Log


def line(event):
    return f'{{"ts":"2025-03-09T07:00:00.000Z","event":"{event}"}}\n'


class LogTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.log = Log(pathlib.Path(directory.name) / "log")

    def write(self, text):
        with self.log.path.open("a", encoding="utf-8") as file:
            file.write(text)

    def test_counts_what_was_there_before_anybody_asked(self):
        self.write(line("cycle.finished") + line("instance.start_accepted") + line("cycle.finished"))
        self.assertEqual(self.log.count("cycle.finished"), 2)
        self.assertEqual(self.log.count("instance.start_accepted"), 1)
        self.write(line("instance.start_accepted"))
        self.assertEqual(self.log.count("instance.start_accepted"), 2)
        self.assertEqual(self.log.count("cycle.finished"), 2)

    def test_counts_a_line_once_however_it_arrives(self):
        whole = line("report.finished")
        for part in (whole[:10], whole[10:40], whole[40:] + whole[:-1], "\n"):
            self.write(part)
            self.log.count("report.finished")
        self.assertEqual(self.log.count("report.finished"), 2)

    def test_counts_nothing_of_a_file_that_is_not_there_yet(self):
        self.assertEqual(self.log.count("service.ready"), 0)
        self.write(line("service.ready"))
        self.assertEqual(self.log.count("service.ready"), 1)

    def test_waits_no_longer_than_for_what_is_there(self):
        self.write(line("cycle.finished") + line("instance.start_accepted"))
        self.log.wait("cycle.finished", 1, 0)
        self.log.wait("instance.start_accepted", 1, 0)
        with self.assertRaises(AssertionError):
            self.log.wait("report.due", 1, 0)


if __name__ == "__main__":
    unittest.main()
