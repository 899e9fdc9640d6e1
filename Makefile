# spt-flow: `make up` is the main job, `make help` lists the rest.
STACK ?= dev
YES ?= 0
PURGE ?= 0
KEEP ?= 0
# Test processes side by side: tests of labs wait for a good part of their time, so two cores have work for three.
TEST_PROCESSES ?= 3

# What make policy is about: the stacks, unless one is named, or files.
POLICY_ARGUMENTS = $(if $(filter file,$(origin STACK)),,--stack '$(STACK)') $(foreach file,$(FILE),--file '$(file)') \
	$(if $(filter 1,$(JSON)),--json) $(if $(SARIF),--sarif '$(SARIF)') $(if $(MARKDOWN),--markdown '$(MARKDOWN)')

PY := .venv/bin/python
LAB := $(PY) -m lab
CI := $(PY) -m ci
BOOT := @sh lab/bootstrap.sh

# One run starts up to ten Python processes: without stored bytecode each of them compiles the program anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up image demo token serve image-test preview policy images-lock entry-nginx restore drill collect status doctor down toolchain image-tools image-sizes image-sbom test test-packages lint format docs golden bench mutation
.PHONY: install uninstall release-setup release-lock release-wheel release-executable release-checksums release-tag release-publish cli-test cli-reference cli-recording
.PHONY: ci-setup ci-test ci-facts ci-login ci-kubeconfig ci-preview ci-comment ci-post-comment
.PHONY: deploy-window ci-deploy ci-drift ci-drift-issue
.PHONY: ci-image-build ci-image-test ci-image-sbom ci-image-scan ci-image-push ci-image-publish

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  STACK=dev      the stack to work on (dev is the embedded lab; staging and prod are clusters of yours)"
	@echo "  FILE=a.yaml    make policy judges files: rendered YAML, a preview or a state as JSON; - is standard input"
	@echo "  JSON=1         policy, status and doctor print JSON; SARIF=file and MARKDOWN=file write reports beside it"
	@echo "  VIA=host=url   make images-lock asks a registry at another address, a forwarded port for example"
	@echo "  KEEP=1         make demo leaves its workspace running"
	@echo "  YES=1          make down does not ask"
	@echo "  PURGE=1        make down also drops the cache of built tools"

up: ## bring up the lab and deploy the platform into it
	$(BOOT)
	@$(LAB) up --stack $(STACK)

image: ## build the workspace image of the running lab as TARGET=full or slim, and use it from then on
	$(BOOT)
	@$(LAB) image --target '$(or $(TARGET),full)'

demo: ## start a workspace in the running lab, run a command in it, delete it
	$(BOOT)
	@$(LAB) demo $(if $(filter 1,$(KEEP)),--keep)

token: ## print a session token for the lab's Coder, for 'sptcoder init --token-stdin'
	$(BOOT) >&2
	@$(LAB) token

serve: ## serve a git repository of this machine (REPO=path; a sample without it) to the lab's workspaces until Ctrl-C
	$(BOOT)
	@$(LAB) serve $(if $(REPO),--repository '$(REPO)')

image-test: ## check every tool of the workspace image in the running lab: in pods and as a workspace (EMULATE=1, JSON=1)
	$(BOOT)
	@$(LAB) image-test $(if $(filter 1,$(EMULATE)),--emulate) $(if $(ONLY),--only '$(ONLY)') $(if $(filter 1,$(JSON)),--json)

preview: ## show what 'up' would change, judged by the policies
	$(BOOT)
	@$(LAB) preview --stack $(STACK)

policy: ## judge every stack (STACK=prod: one), or FILE=..., by the policies; no cluster, no credentials
	$(BOOT)
	@$(LAB) policy $(POLICY_ARGUMENTS)

images-lock: ## ask the registries for the digests of a stack's images, and write images/locks/ (STACK=prod)
	$(BOOT)
	@$(LAB) images-lock --stack $(STACK) $(if $(VIA),--via $(VIA))

entry-nginx: ## print the site of an nginx of yours in front of Coder (CERTIFICATE=, KEY=, HOST=, UPSTREAM=; STACK=prod)
	$(BOOT) >&2
	@$(LAB) entry-nginx --stack $(STACK) --certificate '$(CERTIFICATE)' --key '$(KEY)' --host '$(HOST)' --upstream '$(UPSTREAM)'

restore: ## make volume claim PVC out of its snapshot FROM=latest, a day or an id (TO=name beside it; STACK=prod)
	$(BOOT)
	@$(LAB) restore --stack $(STACK) --claim '$(PVC)' --from '$(or $(FROM),latest)' $(if $(TO),--to '$(TO)')

drill: ## destroy and restore a volume, try the newest snapshot of a home (STACK=prod; OVERRIDE=reason in business hours)
	$(BOOT)
	@$(LAB) drill --stack $(STACK)

collect: ## collect the registry's garbage now (DRY_RUN=1: say what would go; STACK=prod; OVERRIDE=reason in business hours)
	$(BOOT)
	@$(LAB) collect --stack $(STACK) $(if $(filter 1,$(DRY_RUN)),--dry-run)

status: ## each part healthy or not, and what to do
	$(BOOT) >&2
	@$(LAB) status $(if $(filter 1,$(JSON)),--json)

doctor: ## look for what is wrong with this machine, the lab and the platform (STACK=prod: with that; JSON=1)
	$(BOOT) >&2
	@$(LAB) doctor --stack $(STACK) $(if $(filter 1,$(JSON)),--json)

down: ## remove the lab and all data in it (asks)
	$(BOOT)
	@$(LAB) down $(if $(filter 1,$(YES)),--yes) $(if $(filter 1,$(PURGE)),--purge)

toolchain: ## build what is missing of the lab's tools
	$(BOOT)
	@$(LAB) toolchain

image-tools: ## build what lists, judges and signs what is in an image: syft, grype, cosign (or TOOLS=syft)
	$(BOOT)
	@$(LAB) image-tools $(TOOLS)

image-sizes: ## what each part of the workspace image costs (TARGET=full); WRITE=1 puts it into docs/images.md
	$(BOOT)
	@$(LAB) image-sizes --target $(or $(TARGET),full) $(if $(filter 1,$(WRITE)),--write)

image-sbom: ## list what is in IMAGE=workspace, or SOURCE=oci-archive:file.tar, into OUT=sbom.spdx.json
	$(BOOT)
	@$(LAB) image-tools syft
	@$(CI) image-sbom

test-packages: ## install the Debian packages that only tests use (prometheus, nginx; with their services kept off)
	$(BOOT)
	@$(LAB) test-packages

test: lint toolchain test-packages ## lint, then every test that can run on this machine
	@$(PY) -m pytest --numprocesses $(TEST_PROCESSES) --dist loadgroup --no-loadscope-reorder

lint: ## ruff, mypy, shellcheck, yamllint, actionlint, zizmor, terraform fmt, hadolint
	$(BOOT)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy .
	@git ls-files -z '*.sh' .ci/run | xargs -0 .venv/bin/shellcheck
	@.venv/bin/yamllint --strict .
	@$(LAB) lint

format: ## let ruff format and sort
	$(BOOT)
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: ## measure the figures and write docs/benchmarks.md
	$(BOOT)
	@$(PY) -m benchmarks

mutation: ## change the policy rules in every small way, and see that tests notice
	@sh lab/bootstrap.sh lab dev mutation
	@$(PY) -m tests.policy.mutation --max-children $(TEST_PROCESSES)

# What the workflows run. Values reach the commands by the environment alone, where `make ci-preview STACK=staging` and
# a workflow's `env:` put them: no shell ever reads them. `make ci-... ` without a value says what is missing.
ci-setup: ## install Pulumi's plugins for the program, for runs with the official CLI
	$(BOOT)
	@pulumi install --no-dependencies --non-interactive

ci-test: ## the tests that need neither root nor a lab
	$(BOOT)
	@$(PY) -m pytest -m "not lab and not faults and not official" --numprocesses auto --dist loadgroup \
		--no-loadscope-reorder tests/unit tests/policy

ci-facts: ## print the pinned version of Pulumi's CLI and the newest release
	$(BOOT)
	@$(CI) facts

ci-login: ## log Pulumi in to PULUMI_BACKEND_URL, with the job's own token where it is Pulumi Cloud
	$(BOOT)
	@$(CI) login

ci-kubeconfig: ## write the kubeconfig of STACK, with no secret in it
	$(BOOT)
	@$(CI) kubeconfig

ci-preview: ## preview STACK with the official CLI under the policies, into OUT=preview.json
	$(BOOT)
	@$(CI) preview

ci-comment: ## write PREVIEW=preview.json (and POLICY=policy.md) as a comment, into OUT=comment.md
	$(BOOT)
	@$(CI) comment

ci-post-comment: ## put COMMENT="a.md b.md" on the pull request, in place of the one before
	$(BOOT)
	@$(CI) post-comment

deploy-window: ## say whether STACK may be deployed now; OVERRIDE=reason all the same
	$(BOOT)
	@$(CI) deploy-window

ci-deploy: ## deploy STACK with the official CLI, if its window and the policies allow it
	$(BOOT)
	@$(CI) deploy

ci-drift: ## compare STACK's cluster with the program; fails if they differ
	$(BOOT)
	@$(CI) drift

ci-drift-issue: ## open or update (DRIFT=true) or close (DRIFT=false) the issue about STACK
	$(BOOT)
	@$(CI) drift-issue

ci-image-build: ## build IMAGE=workspace or platform-tools on public bases (or BUILD_ARGS="BASE_IMAGE=...")
	$(BOOT)
	@$(CI) image-build

ci-image-test: ## run IMAGE's own check in a container
	$(BOOT)
	@$(CI) image-test

ci-image-sbom: ## list what is in IMAGE, or in SOURCE=oci-archive:file.tar, into OUT=sbom.spdx.json
	$(BOOT)
	@$(CI) image-sbom

ci-image-scan: ## fail for a critical vulnerability with a fix among what SBOM lists
	$(BOOT)
	@$(CI) image-scan

ci-image-push: ## push IMAGE under the tag of its commit to IMAGE_REPOSITORY
	$(BOOT)
	@$(CI) image-push

ci-image-publish: ## sign the image of PUSHED by digest, attest SBOM, then tag it latest
	$(BOOT)
	@$(CI) image-publish

# Releases of sptcoder. On machines without the lab's Python, RELEASE_PYTHON names one that release-setup has filled.
RELEASE_INTERPRETER = $(or $(RELEASE_PYTHON),$(PY))
RELEASE = $(RELEASE_INTERPRETER) -m release
RELEASE_BOOT = @$(if $(RELEASE_PYTHON),:,sh lab/bootstrap.sh)

release-setup: ## install what releases and the command line's tests need into RELEASE_PYTHON, by their hashes
	@$(RELEASE_INTERPRETER) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
		--requirement release/requirements.txt

release-lock: ## write release/requirements.txt from uv.lock
	$(RELEASE_BOOT)
	@$(RELEASE) lock

release-wheel: ## build the wheel of sptcoder into DIST=dist
	$(RELEASE_BOOT)
	@$(RELEASE) wheel

release-executable: ## build the executables of sptcoder for this system into DIST=dist, and try them
	$(RELEASE_BOOT)
	@$(RELEASE) executable

release-checksums: ## write checksums, Homebrew formula and Scoop manifest of what is in DIST=dist
	$(RELEASE_BOOT)
	@$(RELEASE) checksums

release-tag: ## fail unless TAG is that of the version
	$(RELEASE_BOOT)
	@$(RELEASE) tag

release-publish: ## publish DIST=dist on GitHub as the release of TAG
	$(RELEASE_BOOT)
	@$(RELEASE) publish

cli-test: ## the tests of the command line that run on every system
	$(RELEASE_BOOT)
	@$(RELEASE_INTERPRETER) -m pytest -q tests/unit/sptcoder

cli-reference: ## write the reference in docs/cli.md from the commands' own help
	$(RELEASE_BOOT)
	@$(RELEASE) reference

docs: cli-reference ## write docs/settings.md, docs/dashboards/ and the reference of the command line from the code
	@$(PY) -m settings
	@$(PY) -m components.dashboards

golden: ## write the manifests in tests/golden/ anew, the whole program of each stack among them; look at the difference
	$(BOOT)
	@$(PY) -m pytest -q --update-golden tests/unit/components

cli-recording: ## record 'sptcoder up' of REPO, by whoever is signed in here, into docs/images/sptcoder-up.svg
	$(RELEASE_BOOT)
	@$(RELEASE) recording

install: ## install sptcoder from this checkout, for this user, into ~/.local/bin (or UV_TOOL_BIN_DIR)
	$(BOOT)
	@$(PY) -m release install

uninstall: ## remove what 'make install' has installed
	$(BOOT)
	@$(PY) -m release uninstall
