"""What turns `sptcoder` into files that users install: wheel, executables, checksums, formula, manifest, release."""
