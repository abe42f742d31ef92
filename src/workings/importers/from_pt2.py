"""Torch programs in `.pt2` files, read as the zip archives of JSON and raw numbers that they are; torch is not needed.

`torch.export.save` puts example inputs into the file as pickles.  A file with any of these is refused, never opened.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from math import prod
from pathlib import Path
from typing import Any

from workings.errors import BadValue, InputTooLarge, OutOfReach, WorkingsError
from workings.expr import Network
from workings.importers.layers import Layers
from workings.importers.layer_walk import LayerWalk, Quantity
from workings.limits import MAX_MODEL, MAX_PARAMETERS

TEXTS = ("models/model.json", "archive_format", "archive_version", "byteorder", ".data/version",
         ".data/serialization_id", "model_weights_config.json", "model_constants_config.json")
# ScalarType of torch's schema
KINDS = {6: "<f2", 7: "<f4", 8: "<f8", 1: "<u1", 2: "<i1", 3: "<i2", 4: "<i4", 5: "<i8"}
UNUSED = ("cudnn_enabled", "dtype", "momentum", "train", "p", "half_to_float")
ADVICE = "program.example_inputs = None; torch.export.save(program, 'net.pt2')"


def from_pt2(path: Path, **roles: Any) -> Network:
    """The network of a `.pt2` file without pickles; `OutOfReach` names an operation without a row."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _Program(_Archive(archive, path)).network(**roles)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise BadValue(f"{path} is no .pt2 file: {str(error).lower()}", expected="what torch.export.save writes",
                       hint="write it again; a file that was copied may be cut off") from None
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise BadValue(f"{path}: its program is not as torch.export.save writes it: {str(error)[:100]}") from None


class _Archive:
    """The entries of the file, below its one folder."""

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self.archive, self.path = archive, path
        entries = [i for i in archive.infolist() if not i.is_dir()]
        if sum(i.file_size for i in entries) > MAX_MODEL:
            raise InputTooLarge(f"{path} unpacks to more than {MAX_MODEL} bytes", expected="a smaller model")
        self.entries = {i.filename.partition("/")[2] or i.filename: i for i in entries}
        if "models/model.json" not in self.entries:
            raise BadValue(f"{path} holds no models/model.json", expected="what torch.export.save of torch 2.8 writes",
                           hint="torch.onnx.export(model, x, 'net.onnx')")
        self.tensors = {name: entry for kind in ("weights", "constants") for name, entry in self._config(kind).items()}
        self._no_pickles()

    def json(self, name: str) -> Any:
        return json.loads(self.archive.read(self.entries[name]))

    def _config(self, kind: str) -> Mapping[str, Any]:
        name = f"data/{kind}/model_{kind}_config.json"
        found = self.json(name)["config"] if name in self.entries else {}
        return {key: {**entry, "entry": f"data/{kind}/{entry['path_name']}"} for key, entry in found.items()}

    def _no_pickles(self) -> None:
        raw = {t["entry"] for t in self.tensors.values() if not t.get("use_pickle")}
        for name, info in self.entries.items():
            if info.file_size and name not in raw and not name.endswith(TEXTS):
                raise BadValue(f"{self.path}: the entry {name} is pickled, or may be", hint=ADVICE,
                               expected="a file of JSON and numbers only: reading pickles would run what they say")

    def tensor(self, name: str) -> Any:
        """The numbers of a parameter or buffer."""
        import numpy as np

        told = self.tensors[name]["tensor_meta"]
        sizes, strides = ([n["as_int"] for n in told[key]] for key in ("sizes", "strides"))
        if told["dtype"] not in KINDS:
            raise OutOfReach(f"{name} has numbers of torch's type {told['dtype']}", expected="float32 or float64")
        if prod(sizes) > MAX_PARAMETERS:
            raise InputTooLarge(f"{name} has {prod(sizes)} numbers", expected=f"at most {MAX_PARAMETERS}")
        flat = np.frombuffer(self.archive.read(self.entries[self.tensors[name]["entry"]]), dtype=KINDS[told["dtype"]])
        start = told["storage_offset"]["as_int"]
        last = start + sum((n - 1) * s for n, s in zip(sizes, strides))
        if min([*sizes, *strides, start, 0]) < 0 or (prod(sizes) and last >= len(flat)):
            raise BadValue(f"{self.path}: {name} has {len(flat)} numbers", expected=f"{last + 1} numbers",
                           hint="write the file again")
        steps = [s * flat.itemsize for s in strides]
        return np.lib.stride_tricks.as_strided(flat[start:], sizes, steps, writeable=False)


class _Program(LayerWalk):
    """The operations of the program, in order, through the rows of torch's functions."""

    def __init__(self, archive: _Archive) -> None:
        super().__init__(Layers(str(archive.path)))
        self.archive = archive
        self.module = archive.json("models/model.json")["graph_module"]

    def network(self, **roles: Any) -> Network:
        graph = self.module["graph"]
        for spec in self.module["signature"]["input_specs"]:
            self._input(spec, graph["tensor_values"])
        uses = self._uses(graph)
        for node in graph["nodes"]:
            name = node["outputs"][0]["as_tensor"]["name"]
            self.found[name] = self._called(node, ends=uses.get(name, 0) == 0)
        if len(graph["outputs"]) != 1:
            raise OutOfReach(f"{self.archive.path} has {len(graph['outputs'])} outputs", expected="one")
        self.layers.outputs(self.found[graph["outputs"][0]["as_tensor"]["name"]])
        return self.layers.network(**roles)

    def _input(self, spec: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        ((kind, told),) = spec.items()
        if kind == "user_input":
            if self.layers.vector or "x" in self.layers.shapes:
                raise OutOfReach(f"{self.archive.path} has more than one input", expected="one")
            name = told["arg"]["as_tensor"]["name"]
            sizes = [n.get("as_int") for n in values[name]["sizes"][1:]]
            if not sizes or None in sizes:
                raise OutOfReach(f"{self.archive.path}: the size of one sample is not stated")
            self.found[name] = Quantity(self.layers.inputs(tuple(sizes)))
            return
        where = told.get("parameter_name") or told.get("buffer_name") or told.get("tensor_constant_name")
        if where is None:
            raise OutOfReach(f"an input of the kind {kind}")
        self.found[told["arg"]["name"]] = self.archive.tensor(where)

    @staticmethod
    def _uses(graph: Mapping[str, Any]) -> dict[str, int]:
        """How often each quantity is used by an operation."""
        out: dict[str, int] = {}
        for name in re.findall(r'"as_tensor": \{"name": "([^"]+)"', json.dumps([n["inputs"] for n in graph["nodes"]])):
            out[name] = out.get(name, 0) + 1
        return out

    def _called(self, node: Mapping[str, Any], ends: bool) -> Any:
        from workings.importers.torch_layer_rows import FUNCTIONS

        kind = node["target"].removeprefix("torch.ops.aten.").partition(".")[0]
        row = FUNCTIONS.get(kind.removesuffix("_"))
        try:
            if row is None or not node["target"].startswith("torch.ops.aten."):
                raise OutOfReach("this operation is not read", expected=f"one of {', '.join(sorted(FUNCTIONS))}")
            named = {a["name"]: self._value(a["arg"]) for a in node["inputs"] if a["name"] not in UNUSED}
            first = named.pop("self", named.pop("input", named.pop("tensors", None)))
            if kind in ("view", "reshape"):
                named = {"shape": named["size"]}
            return row(self, first, **named, ends=ends)
        except WorkingsError as error:
            error.message = f"{self.archive.path}: {kind} ({node['name']}): {error.message}"
            raise

    def _value(self, arg: Mapping[str, Any]) -> Any:
        ((kind, value),) = arg.items()
        if kind == "as_tensor":
            return self.found[value["name"]]
        if kind == "as_tensors":
            return [self.found[v["name"]] for v in value]
        return None if kind == "as_none" else value
