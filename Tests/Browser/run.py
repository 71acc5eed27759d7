#!/usr/bin/env python3
"""Tests the dashboard in a browser: run.py --program .build/debug/corral [-k PATTERN] [FILE…]"""

import argparse
import pathlib
import sys
import unittest

import dashboard


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the build of Corral that is tested")
    parser.add_argument("-k", dest="patterns", action="append", help="only tests whose names hold this")
    parser.add_argument("files", nargs="*", help="such as test_carts; all if left out")
    arguments = parser.parse_args()
    dashboard.PROGRAM = arguments.program
    loader = unittest.TestLoader()
    if arguments.patterns:
        loader.testNamePatterns = [f"*{pattern}*" for pattern in arguments.patterns]
    folder = pathlib.Path(__file__).resolve().parent
    files = [name.removesuffix(".py") for name in arguments.files] or sorted(path.stem for path in folder.glob("test_*.py"))
    try:
        result = unittest.TextTestRunner(verbosity=2).run(loader.loadTestsFromNames(files))
    finally:
        dashboard.close_browser()
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
