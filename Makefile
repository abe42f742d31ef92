# Each target makes its own virtual environment under build/; PYTHON names the interpreter (3.11 or newer).
PYTHON ?= python3
DEMO   := build/venv-demo
TEST   := build/venv-test
FULL   := build/venv-full
SHEET  ?= sheets/backpropagation.md
SOURCES := pyproject.toml

.PHONY: demo test test-all solutions gallery page bench clean

demo: $(DEMO)/.ready                ## solve a real sheet; the page lies under out/
	@mkdir -p out
	$(DEMO)/bin/workings solve $(SHEET) -o out/$(notdir $(basename $(SHEET))).solution.html

test: $(TEST)/.ready                ## the tests that CI runs: no torch, no JAX, no browser
	$(TEST)/bin/python -m pytest -n auto

test-all: $(FULL)/.ready            ## everything: second opinions from torch and JAX, Chromium, the slow ones
	$(FULL)/bin/python -m pytest -n auto --override-ini="addopts=-q --strict-markers --doctest-modules --doctest-ignore-import-errors --import-mode=importlib"

solutions: $(TEST)/.ready           ## make the committed solutions of our own sheets anew
	$(TEST)/bin/python tools/solutions.py

gallery: $(FULL)/.ready             ## make the pictures of sheets/gallery anew
	$(FULL)/bin/python tools/gallery.py

page:                               ## build the page of `workings serve` anew (needs Node)
	cd web && npm ci --no-audit --no-fund && npm run build

bench: $(FULL)/.ready               ## workings beside its peers, in one run, as ratios: bench/results/all.md
	-$(FULL)/bin/python -m pip install --quiet symengine pytensor
	$(FULL)/bin/python bench/all.py bench/results

$(DEMO)/.ready: $(SOURCES)
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python -m pip install --quiet --editable .
	@touch $@

$(TEST)/.ready: $(SOURCES)
	$(PYTHON) -m venv $(TEST)
	$(TEST)/bin/python -m pip install --quiet --editable '.[test]'
	@touch $@

# torch first and by its exact version: a range would pull a CUDA build
$(FULL)/.ready: $(SOURCES)
	$(PYTHON) -m venv $(FULL)
	$(FULL)/bin/python -m pip install --quiet torch==2.13.0
	$(FULL)/bin/python -m pip install --quiet --editable '.[test,test-all]'
	@touch $@

clean:
	rm -rf build out
