"""What a net says of windows, whatever its heads are."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor, nn


class Outputs(NamedTuple):
    """Logits and coordinates of N windows; for a larger picture h × w positions, one every stride.

    face:         (N, 1, h, w), the logit of "this is a face", or None.
    displacement: (N, 45, h, w), logits of the classes of ``geometry.calibration``, in its
                  order; (N, 3, h, w) where dx, dy and ln s are predicted directly; or None.
    points:       (N, 10, h, w), x and y of the left eye, the right eye, the nose, the left and
                  the right corner of the mouth, from the window's centre in sides of the
                  window; or None.
    shown:        (N, C, 1, 1), what a face shows (``nets.expression``), or None.
    """

    face: Tensor | None = None
    displacement: Tensor | None = None
    points: Tensor | None = None
    shown: Tensor | None = None


class Classifier(nn.Module):
    """Flat layers that end in the two logits of (no face, face)."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, pixels: Tensor) -> Outputs:
        """Pixels (N, 3, H, W) in −1..1 to the face's logit: the difference of the two.

        The softmax of two logits is the sigmoid of their difference.
        """
        logits = self.layers(pixels)
        return Outputs(face=logits[:, 1:] - logits[:, :1])


class Calibrator(nn.Module):
    """Flat layers that end in the 45 logits of the displacements, or in dx, dy, ln s themselves."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, pixels: Tensor) -> Outputs:
        """Pixels (N, 3, H, W) in −1..1 to what the last layer says of the displacement."""
        return Outputs(displacement=self.layers(pixels))


class Joint(nn.Module):
    """Flat layers, the trunk, and a linear head for each of two questions: face, and displacement.

    One net that answers both costs a level little more than its classifier alone, and what one
    question teaches the trunk helps the other (MTCNN, arXiv 1604.02878, section 3).
    """

    def __init__(self, *trunk: nn.Module, features: int, displacement: int = 45) -> None:
        super().__init__()
        self.trunk = nn.Sequential(*trunk)
        self.face = nn.Conv2d(features, 1, 1)
        self.displacement = nn.Conv2d(features, displacement, 1)

    def forward(self, pixels: Tensor) -> Outputs:
        """Pixels (N, 3, H, W) in −1..1 to both answers."""
        features = self.trunk(pixels)
        return Outputs(face=self.face(features), displacement=self.displacement(features))


class Aligner(nn.Module):
    """Flat layers, the trunk, and linear heads that say where a face is, and where its points are.

    It is asked of faces alone, so it need not know them from background.
    """

    def __init__(self, *trunk: nn.Module, features: int) -> None:
        super().__init__()
        self.trunk = nn.Sequential(*trunk)
        self.displacement = nn.Conv2d(features, 45, 1)
        self.points = nn.Conv2d(features, 10, 1)

    def forward(self, pixels: Tensor) -> Outputs:
        """Pixels (N, 3, H, W) in −1..1 to both answers."""
        features = self.trunk(pixels)
        return Outputs(displacement=self.displacement(features), points=self.points(features))


class Expressive(nn.Module):
    """Flat layers that end in the logits of what a face, or an eye, shows."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, pixels: Tensor) -> Outputs:
        """Pixels (N, 3, S, S) in −1..1 to the logits."""
        return Outputs(shown=self.layers(pixels))
