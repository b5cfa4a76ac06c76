"""Which files nobody wrote by hand: generated, vendored and lock files.

Their lines say nothing about how much a person or an agent wrote. Only names are looked at, in
the manner of GitHub Linguist's lists, and only names that are rarely used for anything else: a
wrong yes would hide lines from review.
"""

from __future__ import annotations

LOCK_FILES = frozenset(
    {
        ".terraform.lock.hcl",
        "buildscript-gradle.lockfile",
        "bun.lock",
        "bun.lockb",
        "cabal.project.freeze",
        "cargo.lock",
        "cartfile.resolved",
        "chart.lock",
        "composer.lock",
        "conan.lock",
        "conda-lock.yml",
        "deno.lock",
        "flake.lock",
        "gemfile.lock",
        "gems.locked",
        "go.sum",
        "go.work.sum",
        "gradle.lockfile",
        "mix.lock",
        "module.bazel.lock",
        "npm-shrinkwrap.json",
        "package-lock.json",
        "package.resolved",
        "packages.lock.json",
        "paket.lock",
        "pdm.lock",
        "pipfile.lock",
        "pixi.lock",
        "pnpm-lock.yaml",
        "podfile.lock",
        "poetry.lock",
        "pubspec.lock",
        "pylock.toml",
        "rebar.lock",
        "renv.lock",
        "shard.lock",
        "stack.yaml.lock",
        "uv.lock",
        "yarn.lock",
    }
)
"""Names of files in which a package manager writes what it resolved, in lower case."""

VENDORED_FOLDERS = frozenset(
    {
        "Carthage",
        "Godeps",
        "Pods",
        "bower_components",
        "jspm_packages",
        "node_modules",
        "third-party",
        "third_party",
        "thirdparty",
        "vendor",
        "vendored",
    }
)
"""Folders that hold other people's code; letter case counts (`pods` is a word of Kubernetes)."""

GENERATED_FOLDERS = frozenset({"__generated__", "__snapshots__", "dist", "generated"})
"""Folders that tools write into."""

NOT_WRITTEN_IN = VENDORED_FOLDERS | GENERATED_FOLDERS
"""Folders in which nobody of ours writes by hand."""

BUNDLED = (".min.js", ".min.mjs", ".min.css", ".bundle.js", ".js.map", ".mjs.map", ".css.map")
PROTOBUF = (
    *(".pb.go", ".pb.gw.go", ".pb.validate.go", ".pb.cc", ".pb.h", ".pb.swift", ".pb.dart"),
    *(".pbjson.dart", ".pbenum.dart", "_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_pb.js", "_pb.d.ts"),
    *("_grpc_pb.js", ".pbobjc.h", ".pbobjc.m"),
)
MARKED = (
    *(".g.dart", ".freezed.dart", ".gr.dart", ".g.cs", ".g.i.cs", ".designer.cs", ".designer.vb"),
    *(".generated.go", ".generated.cs", ".generated.ts", ".generated.tsx", ".generated.js"),
    *(".generated.swift", "_generated.go", "_generated.rs", ".gen.go", ".gen.ts", ".gen.rs"),
)
RECORDED = (".snap",)
GENERATED_ENDINGS = BUNDLED + PROTOBUF + MARKED + RECORDED
"""How the names of generated files end, in lower case: bundles, protocol buffers, what other
generators mark by name, and recorded outputs of tests."""

GENERATED_BEGINNINGS = ("zz_generated.",)
"""How the names of generated files begin, in lower case."""


def is_lock_file(path: str) -> bool:
    """Whether a package manager writes this file when it resolves dependencies."""
    return path.rpartition("/")[2].lower() in LOCK_FILES


def is_generated(path: str) -> bool:
    """Whether the file at `path` (with forward slashes) is generated, vendored or a lock file."""
    *folders, name = path.split("/")
    return is_generated_name(name.lower()) or not NOT_WRITTEN_IN.isdisjoint(folders)


def is_generated_name(name: str) -> bool:
    """The same of a file's name in lower case, wherever the file lies."""
    return (
        name in LOCK_FILES
        or name.endswith(GENERATED_ENDINGS)
        or name.startswith(GENERATED_BEGINNINGS)
    )
