# Everything runs in .venv and node_modules, which the first target that needs them makes. `make help` lists the targets.

PYTHON ?= python3
BIN := .venv/bin
# make book PARTS=core needs and builds less: the pages that no large library runs.
READY := .venv/ready$(if $(PARTS),-$(PARTS))
# Grading needs a tenth of the environment; it takes the large one if that is there.
GRADER := $(or $(wildcard .venv/ready),.venv/ready-instructor)

# Results must not depend on the number of cores, nor on settings in somebody's home folder.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export IPYTHONDIR := $(CURDIR)/.venv/ipython
export JUPYTER_CONFIG_DIR := $(CURDIR)/.venv/jupyter
export JUPYTER_PREFER_ENV_PATH := 1
export MPLCONFIGDIR := $(CURDIR)/.venv/matplotlib
export PYTHONNOUSERSITE := 1
export PYDEVD_DISABLE_FILE_VALIDATION := 1

# The course folder and the number of processes may be named: make grade PS=gradients COURSE=../course.
GRADING = $(or $(PS),$(error name a problem set, such as PS=gradients)) $(if $(COURSE),--course "$(COURSE)") $(if $(WORKERS),--workers $(WORKERS))

.DEFAULT_GOAL := help
.PHONY: help book lab pdf epub slides serve test doors check live-check matrix lint notebooks links lock clean release grade regrade feedback report similar solutions elsewhere remove try private

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

book: $(READY) ## build the site into _build/html, warnings as errors; PARTS=core builds less
	@$(BIN)/python -m tools.build_book $(PARTS)

lab: book ## open the notebooks in JupyterLab, to change and run; yours are in notebooks/
	@$(BIN)/python -m tools.lab $(PARTS)

pdf: book ## print the site as one book, _build/lossbook.pdf; needs Chromium
	@$(BIN)/python -m tools.print_book

epub: book ## bind the site as an e-book, _build/lossbook.epub
	@$(BIN)/python -m tools.print_epub

slides: book ## make slides of three lectures, _build/slides, which need no network
	@$(BIN)/python -m tools.slides

serve: $(READY) ## show the site on localhost and rebuild it on change
	@$(BIN)/python -m tools.serve_book

test: $(READY) ## build the book and run every test: package, notebooks, built site
	@$(BIN)/python -m tools.run_tests

doors: book ## run every notebook where its page offers it: Binder's environment, a copy of Colab's
	@DOORS=all $(BIN)/python -m pytest -p no:cacheprovider -rs tests/repository/test_binder.py tests/repository/test_colab.py

check: $(READY) ## run what the change since the last commit touches: before a commit
	@$(BIN)/python -m tools.check

live-check: book ## run every page in a browser, as "Run this page" does, and compare what it prints
	@LIVE=all $(BIN)/python -m pytest -q tests/book/test_live.py

matrix: $(READY) ## test the wheel on each Python found here, with the oldest and the newest NumPy
	@$(BIN)/python tools/matrix.py

lint: $(READY) ## check code, spelling, wording and the form of the notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell $$(git ls-files)
	$(BIN)/python tools/notebooks.py check
	$(BIN)/python tools/prose.py
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

notebooks: $(READY) ## run every notebook again and store its text outputs
	$(BIN)/python tools/notebooks.py run
	$(BIN)/python tools/front_page.py

links: $(READY) ## open every link to another site
	$(BIN)/jupyter-book build . --builder linkcheck

release: $(GRADER) ## make the students' notebook of a problem set: PS=gradients VARIANT=0, or VARIANT=each
	@$(BIN)/python -m grading release $(GRADING) --variant $(or $(VARIANT),0)

grade: $(GRADER) ## grade what came back: self-test, collect, grade, feedback, export: PS=gradients
	@$(BIN)/python -m grading grade $(GRADING)

regrade: $(GRADER) ## grade one student again: PS=gradients STUDENT=ada
	@$(BIN)/python -m grading regrade $(GRADING) --student "$(STUDENT)"

feedback: $(GRADER) ## write feedback and marks again, after grading words by hand: PS=gradients
	@$(BIN)/python -m grading feedback $(GRADING)

report: $(GRADER) ## write and draw what the class found hard, and its mistakes by count: PS=gradients
	@$(BIN)/python -m grading report $(GRADING)

similar: $(GRADER) ## write which hand-ins share more than the class does; it only points: PS=gradients
	@$(BIN)/python -m grading similar $(GRADING)

solutions: $(GRADER) ## write the notebook with the solutions, for after the deadline: PS=gradients
	@$(BIN)/python -m grading solutions $(GRADING)

elsewhere: $(GRADER) ## write marks for Gradescope, and the set's tests for Otter-Grader: PS=gradients
	@$(BIN)/python -m grading elsewhere $(GRADING)

remove: $(GRADER) ## take a student out of a set, such as a misspelled name: PS=gradients STUDENT=evee
	@$(BIN)/python -m grading remove $(GRADING) --student "$(STUDENT)"

try: $(GRADER) ## run the self-test of a set in four variants, and release nothing: PS=gradients
	@$(BIN)/python -m grading try $(GRADING)

private: $(GRADER) ## make a repository for sets of your own, with an example: AT=../private
	@$(BIN)/python -m grading.private $(or $(AT),$(error name a folder, such as AT=../private))

lock: $(READY) ## pin the newest versions that fit the ranges of pyproject.toml
	$(BIN)/python tools/lock.py

clean: ## remove everything that was built, and the environment
	rm -rf .venv _build node_modules .pytest_cache .ruff_cache .hypothesis .coverage

.venv/ready .venv/ready-core .venv/ready-instructor: requirements.txt pyproject.toml package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "lossbook needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
	  { echo "$(PYTHON) cannot make virtual environments: install its venv module (Debian: apt install python3-venv)"; exit 1; }
	@# An installation that was interrupted may have left half a library.
	@[ ! -e .venv/begun ] || rm -rf .venv
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	@touch .venv/begun
	$(BIN)/python tools/install.py $(or $(patsubst .venv/ready-%,%,$(filter-out .venv/ready,$@)),all)
	$(BIN)/npm ci --ignore-scripts --no-audit --no-fund --silent
	@touch $(if $(filter .venv/ready,$@),.venv/ready-core) $@
	@rm .venv/begun
