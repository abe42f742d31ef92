"""Torch modules, ONNX files and .pt2 programs: what is read computes what torch computes; what is damaged is refused."""

import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import workings
from workings.errors import BadValue, OutOfReach
from workings.geometry.stacking import stack
from workings.importers.from_torch import from_torch

pytestmark = pytest.mark.heavy
torch = pytest.importorskip("torch")
nn = torch.nn


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, 6), nn.Linear(6, 6), nn.Linear(12, 3)

    def forward(self, x):
        h = torch.relu(self.a(x))
        g = nn.functional.leaky_relu(self.b(h)) + h
        return torch.softmax(self.c(torch.cat([g, h], 1)), 1)


class Images(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.bn, self.f = nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.Linear(8, 3)
        self.c2 = nn.Conv2d(4, 8, 3, stride=2, groups=2, bias=False)
        self.bn.running_mean.uniform_()
        self.bn.running_var.uniform_(0.5, 1)

    def forward(self, x):
        h = nn.functional.max_pool2d(torch.relu(self.bn(self.c1(x))), 3, 2, 1)
        h = nn.functional.relu6(self.c2(h))
        return self.f(nn.functional.adaptive_avg_pool2d(h, 1).flatten(1)) * 2 - 0.5


class Viewed(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Conv2d(3, 4, 3, padding="same"), nn.LeakyReLU(0.1), nn.AvgPool2d(2, 2, 1),
                               nn.Conv2d(4, 4, 3, padding=(2, 1), dilation=2), nn.Hardtanh())
        self.g = nn.Linear(48, 2)

    def forward(self, x):
        h = self.f(x)
        return self.g(h.view(h.size(0), -1))


def line():
    return nn.Sequential(nn.Conv1d(2, 3, 3, stride=2), nn.ReLU(), nn.MaxPool1d(3, 2, 1), nn.Flatten(), nn.Linear(6, 2))


def normed():
    net = nn.Sequential(nn.Linear(2, 5), nn.BatchNorm1d(5), nn.ReLU6(), nn.Dropout(), nn.Linear(5, 1))
    net[1].running_mean.normal_()
    net[1].running_var.uniform_(0.5, 2)
    return net


NETS = {"residual": (Residual, (2,)), "images": (Images, (2, 9, 9)), "viewed": (Viewed, (3, 6, 8)),
        "line": (line, (2, 9)), "normed": (normed, (2,))}


def made(name):
    torch.manual_seed(0)
    build, shape = NETS[name]
    module = build().eval()
    return module, torch.randn(3, *shape)


def agrees(net, module, points):
    """In doubles, to their last digits; a softmax that was left out is put back."""
    truth = module.double()(points.double()).detach().numpy()
    cut = stack(net).values(points.double().numpy().reshape(len(points), -1))          # what geometry cuts is that
    for x, y, z in zip(points, truth, cut):
        found = workings.run(net, x=x.double().numpy())
        for got in (np.array([float(found[k]) for k in found.values if k[0] == "y"]), z):
            if any("softmax" in r.says.lower() for r in net.remarks):
                got = np.exp(got - got.max()) / np.exp(got - got.max()).sum()
            assert np.allclose(got, y, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", NETS)
def test_modules(name):
    module, points = made(name)
    shape = tuple(points.shape[1:])
    argument = next(n.target for n in torch.fx.symbolic_trace(module).graph.nodes if n.op == "placeholder")
    net = from_torch(module, {argument: shape})
    agrees(net, module, points)


@pytest.mark.parametrize("name", NETS)
def test_onnx(name, tmp_path):
    pytest.importorskip("onnx")
    module, points = made(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module, (points[:1],), tmp_path / "net.onnx", dynamo=False)
    agrees(workings.read(tmp_path / "net.onnx"), module, points)


@pytest.mark.parametrize("name", NETS)
def test_pt2(name, tmp_path):
    module, points = made(name)
    program = torch.export.export(module, (points[:1],))
    program.example_inputs = None
    torch.export.save(program, tmp_path / "net.pt2")
    agrees(workings.read(tmp_path / "net.pt2"), module, points)


def test_the_axes_of_the_one_argument_may_be_named_x():
    module, points = made("line")
    agrees(workings.read(module, shapes={"x": (2, 9)}), module, points)


def test_the_culprit_is_underlined_where_it_stands(tmp_path):
    module = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 1))
    with pytest.raises(OutOfReach) as caught:
        workings.pieces(module, box=[(-1, 1)] * 2, count=True)
    assert "    a1 = sigmoid(z1)\n         ^^^^^^^^^^^" in str(caught.value)


def test_a_pt2_file_with_a_pickle_is_refused_with_advice(tmp_path):
    module, points = made("normed")
    torch.export.save(torch.export.export(module, (points[:1],)), tmp_path / "net.pt2")
    with pytest.raises(BadValue) as caught:
        workings.read(tmp_path / "net.pt2")
    assert "sample_inputs" in str(caught.value) and "program.example_inputs = None" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"nonsense" * 100])
def test_damaged_pt2(data, tmp_path):
    (tmp_path / "net.pt2").write_bytes(data)
    with pytest.raises(BadValue, match=r"net\.pt2"):
        workings.read(tmp_path / "net.pt2")


def test_cut_pt2(tmp_path):
    module, points = made("normed")
    program = torch.export.export(module, (points[:1],))
    program.example_inputs = None
    torch.export.save(program, tmp_path / "net.pt2")
    data = (tmp_path / "net.pt2").read_bytes()
    for end in range(0, len(data), 997):
        (tmp_path / "cut.pt2").write_bytes(data[:end])
        with pytest.raises((BadValue, OutOfReach)):
            workings.read(tmp_path / "cut.pt2")


# --- ONNX by hand ---


def model(nodes, shape=(1, 2), constants=None, output="y"):
    from onnx import TensorProto, helper, numpy_helper

    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(v), k) for k, v in (constants or {}).items()],
    )
    return helper.make_model(graph)


def node(op, *inputs, out="y", **attributes):
    from onnx import helper

    return helper.make_node(op, list(inputs), [out], **attributes)


def read(found, folder: Path):
    (folder / "net.onnx").write_bytes(found.SerializeToString())
    return workings.read(folder / "net.onnx")


W = np.array([[1, 2], [3, 4]], np.float32)


@pytest.mark.parametrize("nodes, constants, point, expected", [
    ([node("Gemm", "x", "w", "b", alpha=2.0, beta=0.5, transB=1)], {"w": W, "b": np.array([2, 4], np.float32)},
     (1, 1), [7, 16]),
    ([node("MatMul", "x", "w", out="z"), node("Add", "z", "b")], {"w": W, "b": np.array([1, 1], np.float32)},
     (1, 1), [5, 7]),
    ([node("Mul", "x", "k")], {"k": np.array([[2, -3]], np.float32)}, (1, 2), [2, -6]),
    ([node("Sub", "k", "x")], {"k": np.array([1, 1], np.float32)}, (1, 3), [0, -2]),
    ([node("Div", "x", "k")], {"k": np.array(4, np.float32)}, (1, 2), [0.25, 0.5]),
    ([node("LeakyRelu", "x", alpha=0.25)], {}, (-4, 4), [-1, 4]),
    ([node("Clip", "x", "a", "b")], {"a": np.array(-1, np.float32), "b": np.array(1.5, np.float32)}, (-4, 4), [-1, 1.5]),
    ([node("Clip", "x", "", "b")], {"b": np.array(1, np.float32)}, (-4, 4), [-4, 1]),
    ([node("Abs", "x", out="a"), node("Neg", "a")], {}, (-4, 3), [-4, -3]),
    ([node("Sign", "x")], {}, (-4, 0), [-1, 0]),
    ([node("Max", "x", "c", out="m"), node("Min", "m", "x")], {"c": np.array(0, np.float32)}, (-4, 3), [-4, 3]),
    ([node("Relu", "x", out="a"), node("Add", "a", "x")], {}, (-4, 3), [-4, 6]),
    ([node("Relu", "x", out="a"), node("Concat", "a", "x", axis=-1)], {}, (-4, 3), [0, 3, -4, 3]),
    ([node("Identity", "x", out="a"), node("Dropout", "a", out="d"), node("Cast", "d", to=1)], {}, (1, 2), [1, 2]),
    ([node("Softmax", "x", axis=-1)], {}, (1, 2), [1, 2]),
    ([node("Reshape", "x", "s", out="r"), node("Transpose", "r", perm=[0, 2, 1], out="t"), node("Flatten", "t")],
     {"s": np.array([0, 1, -1])}, (1, 2), [1, 2]),
    ([node("Shape", "x", out="s"), node("Gather", "s", "i", out="n"), node("Unsqueeze", "n", "i", out="m"),
      node("Concat", "m", "j", out="g", axis=0), node("Reshape", "x", "g")],
     {"i": np.array(0), "j": np.array([-1])}, (1, 2), [1, 2]),
], ids=lambda v: "-".join(n.op_type for n in v) if isinstance(v, list) and v and hasattr(v[0], "op_type") else None)
def test_operators(nodes, constants, point, expected, tmp_path):
    if any(n.op_type == "Unsqueeze" for n in nodes):
        constants = {**constants, "i": np.array([0])}
        nodes = [n for n in nodes if n.op_type != "Unsqueeze"]
        nodes[2].input[0] = "n"
    net = read(model(nodes, constants=constants), tmp_path)
    found = workings.run(net, x1=point[0], x2=point[1])
    assert [float(found[k]) for k in found.values if k[0] == "y"] == expected


def test_numbers_are_exact(tmp_path):
    net = read(model([node("LeakyRelu", "x", alpha=0.01)]), tmp_path)
    assert Fraction(net.values["k1"]) == Fraction(float(np.float32(0.01)))


@pytest.mark.parametrize("found, error, says", [
    (lambda: model([node("Einsum", "x", equation="ij->ji")]), OutOfReach, "Einsum: this operator is not read"),
    (lambda: model([node("Softmax", "x", out="p"), node("Relu", "p")]), OutOfReach, "a Softmax inside the network"),
    (lambda: model([node("Gemm", "x", "w")], constants={"w": np.full((2, 2), np.nan, np.float32)}), BadValue, "nan at"),
    (lambda: model([node("Gemm", "x", "w")], constants={"w": np.ones((3, 2), np.float32)}), BadValue,
     "a matrix 2 x 3 is applied to 2"),
    (lambda: model([node("Gemm", "x", "gone")]), BadValue, "uses 'gone', which nothing before it gives"),
    (lambda: model([node("Relu", "a", out="y"), node("Relu", "x", out="a")]), BadValue, "uses 'a'"),
    (lambda: model([node("Mul", "x", "x", out="m"), node("Conv", "m", "w")], constants={"w": np.ones((1, 1, 1, 1), np.float32)}),
     OutOfReach, "a convolution over 2 axes"),
    (lambda: model([node("Relu", "x")], shape=(1, "n")), OutOfReach, "the size of the input x is not stated"),
    (lambda: model([node("Cast", "x", to=7)]), OutOfReach, "a cast to type 7"),
    (lambda: model([node("Relu", "x")], output="z"), BadValue, "the output z does not depend on the input"),
], ids=["unsupported", "softmax", "nan", "sizes", "missing", "order", "conv", "dynamic", "cast", "output"])
def test_what_onnx_refuses(found, error, says, tmp_path):
    pytest.importorskip("onnx")
    with pytest.raises(error, match=says) as caught:
        read(found(), tmp_path)
    assert "net.onnx" in str(caught.value)


def test_damaged_onnx(tmp_path):
    """Cut off or turned over anywhere, a file is read or refused, and nothing else happens."""
    pytest.importorskip("onnx")
    data = model([node("Gemm", "x", "w", out="z"), node("Relu", "z")], constants={"w": W}).SerializeToString()
    for place in range(len(data)):
        for damaged in (data[:place], data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]):
            (tmp_path / "net.onnx").write_bytes(damaged)
            try:
                workings.read(tmp_path / "net.onnx")
            except workings.WorkingsError as error:
                assert error.exit_code in (2, 3)
    (tmp_path / "net.onnx").write_bytes(b"\x08\x07")
    with pytest.raises(BadValue, match="no ONNX model"):
        workings.read(tmp_path / "net.onnx")


@pytest.mark.parametrize("location, written, good", [
    ("w.bin", True, True), ("w.bin", False, False), ("../w.bin", True, False), ("/etc/passwd", False, False),
])
def test_external_data_lies_beside_the_file(location, written, good, tmp_path):
    pytest.importorskip("onnx")
    from onnx import TensorProto

    folder = tmp_path / "models"
    folder.mkdir()
    found = model([node("Gemm", "x", "w")], constants={"w": W})
    tensor = found.graph.initializer[0]
    data = bytes(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", location
    if written:
        (folder / location).write_bytes(data)
    if good:
        assert read(found, folder).values["W1"].tolist() == W.T.tolist()
        return
    with pytest.raises(BadValue, match="the numbers of w lie in"):
        read(found, folder)


def test_pieces_and_boundary_of_modules():
    torch.manual_seed(0)
    small = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    large = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 16), nn.LeakyReLU(), nn.Linear(16, 2))
    box = [(-1, 1), (-1, 1)]
    for module in (small, large):
        found = workings.pieces(module, box=box)
        told = found.as_dict()
        exact = workings.pieces(module, box=box, engine="exact")
        assert told["counts"]["cells"] == exact.counts.cells > 1 and told["inputs"] == ["x[1]", "x[2]"]
        assert workings.boundary(module, box=box).as_dict()["boundary"] is not None
