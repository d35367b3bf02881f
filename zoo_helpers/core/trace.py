"""Anatomy straight from a paper's table: the rows of a network by arithmetic alone, without TensorFlow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from zoo_helpers.core.anatomy import Row, follow
from zoo_helpers.core.arguments import one_of, switch, whole


class Trace:
    """The rows of a network, written down layer by layer; maps are square, numbers are float32.

    Each call adds a row and returns it. A layer follows the row before it, or the row given as `after`: so
    branches part, and `add` lets them meet. Padding is "same" or "valid", as in Keras.

    >>> net = Trace(side=32)
    >>> stem = net.conv("conv1", width=16, kernel=3)
    >>> branch = net.conv("conv2", width=16, kernel=3)
    >>> net.add("add", stem, branch).receptive_field
    5
    >>> sum(row.parameters for row in net.rows)
    2768
    """

    def __init__(self, side: int | None = None, width: int = 3) -> None:
        """An image of `side` by `side` by `width`; without a side, a vector of `width` numbers."""
        self.rows: list[Row] = []
        width = whole("width", width)
        if side is not None:
            side = whole("side", side)
        self.layer("image", "InputLayer", (side, side, width) if side else (width,), after=())

    def layer(
        self,
        name: str,
        kind: str,
        output_shape: tuple[int, ...] | None = None,
        *,
        parameters: int = 0,
        fixed: int = 0,
        multiply_adds: int = 0,
        window: int = 1,
        stride: int = 1,
        after: Row | Sequence[Row] | None = None,
    ) -> Row:
        """Any layer. Without output_shape it keeps its input's; `fixed` of its parameters are not trained."""
        inputs = self.rows[-1:] if after is None else [after] if isinstance(after, Row) else after
        shape = output_shape or inputs[0].output_shape
        row = Row(
            name=name,
            kind=kind,
            output_shape=shape,
            parameters=parameters,
            trainable=parameters - fixed,
            multiply_adds=multiply_adds,
            **follow(inputs, window, stride, multiply_adds),
            weight_bytes=4 * parameters,
            activation_bytes=4 * math.prod(shape),
        )
        self.rows.append(row)
        return row

    def conv(
        self,
        name: str,
        width: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: str = "same",
        groups: int = 1,
        bias: bool = True,
        after: Row | None = None,
    ) -> Row:
        """A convolution to `width` channels; each of `groups` reads its own share of the input's channels."""
        side, _, channels = _map(name, after or self.rows[-1])
        side = _slide(name, side, whole("kernel", kernel), stride, padding)
        width, groups, bias = whole("width", width), whole("groups", groups), switch("bias", bias)
        if channels % groups or width % groups:
            raise ValueError(
                f"groups must divide {channels} channels into {width}, in {name!r}; got {groups}"
            )
        weights = kernel * kernel * (channels // groups) * width
        return self.layer(
            name,
            "Conv2D",
            (side, side, width),
            parameters=weights + bias * width,
            multiply_adds=side * side * weights,  # every weight is used once at every position
            window=kernel,
            stride=stride,
            after=after,
        )

    def pool(
        self, name: str, size: int, stride: int, padding: str = "valid", kind: str = "MaxPooling2D"
    ) -> Row:
        """A pooling layer with a window of size by size."""
        side, _, channels = _map(name, self.rows[-1])
        side = _slide(name, side, whole("size", size), stride, padding)
        return self.layer(name, kind, (side, side, channels), window=size, stride=stride)

    def pad(self, name: str, border: int) -> Row:
        """A border of zeros on all four sides."""
        side, _, channels = _map(name, self.rows[-1])
        side += 2 * whole("border", border, 0)
        return self.layer(name, "ZeroPadding2D", (side, side, channels))

    def batch_norm(self, name: str) -> Row:
        """Four numbers a channel: scale and shift are trained, the moving mean and variance are not."""
        channels = self.rows[-1].output_shape[-1]
        return self.layer(name, "BatchNormalization", parameters=4 * channels, fixed=2 * channels)

    def flatten(self, name: str) -> Row:
        """The map as one vector, which sees all that the map sees."""
        side, _, channels = _map(name, self.rows[-1])
        return self.layer(name, "Flatten", (side * side * channels,), window=side)

    def global_pool(self, name: str) -> Row:
        """The mean of each channel over the whole map."""
        side, _, channels = _map(name, self.rows[-1])
        return self.layer(name, "GlobalAveragePooling2D", (channels,), window=side)

    def dense(self, name: str, units: int, *, bias: bool = True) -> Row:
        """A fully connected layer on a vector."""
        units, bias = whole("units", units), switch("bias", bias)
        shape = self.rows[-1].output_shape
        if len(shape) != 1:
            raise ValueError(f"{name!r} must follow a vector; got a map of shape {shape}: flatten it first")
        weights = shape[0] * units
        return self.layer(name, "Dense", (units,), parameters=weights + bias * units, multiply_adds=weights)

    def add(self, name: str, *branches: Row) -> Row:
        """The sum of branches of one shape."""
        if len({row.output_shape for row in branches}) != 1:
            raise ValueError(
                f"{name!r} must add branches of one shape; got {[row.output_shape for row in branches]}"
            )
        return self.layer(name, "Add", after=branches)


def _map(name: str, row: Row) -> tuple[int, ...]:
    if len(row.output_shape) != 3:
        raise ValueError(f"{name!r} must follow a map of shape (H, W, C); got shape {row.output_shape}")
    return row.output_shape


def _slide(name: str, side: int, window: int, stride: int, padding: str) -> int:
    """The number of places where the window stands along one side."""
    stride = whole("stride", stride)
    if one_of("padding", padding, ("same", "valid")) == "same":
        return -(-side // stride)
    if window > side:
        raise ValueError(
            f"{name!r} must have a window that fits into the map; got {window} for a side of {side}"
        )
    return (side - window) // stride + 1
