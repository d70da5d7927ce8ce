"""How the tests are shared out when several run at once (pytest -n, as `make test` does).

A file whose tests build on each other, which is one with a fixture of scope "module" in it or in its folder's
conftest.py, stays whole and comes first; the others go out in small pieces, so that all workers are busy to the end.
"""

import os
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

PIECE = 6
# A machine that is busy is no mistake of ours. CI tries the same examples every day, so that what fails is the change's; the
# same hundred find no more than the same thirty.
SAME = bool(os.environ.get("KEEP_SAME_EXAMPLES"))
settings.register_profile("keep_customers", deadline=None, derandomize=SAME, max_examples=30 if SAME else 100)
settings.load_profile("keep_customers")


@cache
def stays_whole(path):
	files = (path, path.parent / "conftest.py")
	return any('scope="module"' in file.read_text() for file in files if file.exists())


@pytest.hookimpl(optionalhook=True)  # where pytest-xdist is not installed, nobody asks
def pytest_xdist_make_scheduler(config, log):
	from xdist.scheduler import LoadScopeScheduling

	class InPieces(LoadScopeScheduling):
		def _split_scope(self, nodeid):
			if not hasattr(self, "pieces"):
				self.pieces, number = {}, {}
				for test in self.collection:
					file = test.split("::")[0]
					number[file] = number.get(file, -1) + 1
					whole = stays_whole(Path(config.rootpath, file))
					self.pieces[test] = (file, 0 if whole else number[file] // PIECE)
			return self.pieces[nodeid]

		def schedule(self):
			# Those that stay whole are first in everybody's collection, see below.
			self.config.option.loadscopereorder = False
			super().schedule()

	return InPieces(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
	if hasattr(config, "workerinput"):
		items.sort(key=lambda item: not stays_whole(item.path))
