"""A few drawn photos in the layouts of all sets that training reads: seconds instead of hours."""

from pathlib import Path

import numpy as np

from smilecascade.images import save

#: Square of the face in every drawn photo: x, y, side.
PLACE = (40, 24, 48)


def write_sets(data: Path) -> Path:
    """All training sets, the validation set and backgrounds, two to twelve photos each."""
    _webfaces(data / "caltech_webfaces_train", seed=0)
    _webfaces(data / "caltech_webfaces_val", seed=10)
    _lfw(data / "lfw_150px")
    _mtfl(data / "mtfl_80px")
    _fddb(data / "fddb_train")
    _masks(data / "masks_ilc")
    _people(data / "people")
    for seed in range(12):
        _photo(data / "backgrounds" / f"{seed:02}.png", seed=100 + seed, face=False)
    return data


def _photo(path: Path, seed: int, *, face: bool = True) -> str:
    """Blocks of random colours, and on them a disc with two eyes and a mouth; returns the file name."""
    rng = np.random.default_rng(seed)
    image = np.kron(rng.integers(0, 256, (12, 16, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    if face:
        x, y, side = PLACE
        down, across = np.mgrid[0:side, 0:side] / side
        head = (across - 0.5) ** 2 + (down - 0.5) ** 2 < 0.2
        eyes = (np.abs(np.abs(across - 0.5) - 0.18) < 0.06) & (np.abs(down - 0.38) < 0.05)
        mouth = (np.abs(across - 0.5) < 0.15) & (np.abs(down - 0.72) < 0.04)
        square = image[y : y + side, x : x + side]
        square[head] = (220, 180, 150)
        square[eyes | mouth] = (40, 20, 20)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(image, path)
    return path.name


def _points() -> list[float]:
    """Left eye, right eye, nose, left and right corner of the mouth: x y each."""
    x, y, side = PLACE
    places = ((0.32, 0.38), (0.68, 0.38), (0.5, 0.55), (0.36, 0.72), (0.64, 0.72))
    return [value for u, v in places for value in (x + u * side, y + v * side)]


def _box() -> tuple[int, int, int, int]:
    x, y, side = PLACE
    return (x, y, x + side, y + side)


def _words(*values: object) -> str:
    return " ".join(map(str, values))


def _webfaces(root: Path, seed: int) -> None:
    x, y, side = PLACE
    points = [*_points()[:6], x + 0.5 * side, y + 0.72 * side]
    names = [_photo(root / "images" / f"pic{k}.png", seed + k) for k in range(4)]
    _write(root / "WebFaces_GroundThruth.txt", [_words(name, *points) for name in names])


def _lfw(root: Path) -> None:
    x1, y1, x2, y2 = _box()
    for seed, name in enumerate(("train", "test"), start=20):
        _photo(root / "Somebody" / f"{name}.png", seed)
        line = _words(f"Somebody\\{name}.png", x1, x2, y1, y2, *_points())
        _write(root / f"{name}ImageList.txt", [line])


def _mtfl(root: Path) -> None:
    x, y, side = PLACE
    columns = ["image", "x", "y", "w", "h", *(f"l{axis}{k}" for k in range(5) for axis in "xy")]
    names = [_photo(root / "crops" / f"{k}.png", 30 + k) for k in range(2)]
    rows = [",".join(map(str, (f"crops/{name}", x, y, side, side, *_points()))) for name in names]
    _write(root / "boxes_80px.csv", [",".join(columns), *rows])


def _fddb(root: Path) -> None:
    x, y, side = PLACE
    ellipse = _words(0.62 * side, 0.42 * side, 1.5708, x + side / 2, y + side / 2, 1)
    names = [Path(_photo(root / "images" / f"img_{k}.jpg", 40 + k)).stem for k in range(2)]
    _write(root / "photos.txt", names)
    _write(root / "ellipseList.txt", [line for name in names for line in (name, "1", ellipse)])


def _masks(root: Path) -> None:
    edges = zip(("xmin", "ymin", "xmax", "ymax"), _box(), strict=True)
    box = "".join(f"<{name}>{value}</{name}>" for name, value in edges)
    for number in range(2):
        name = _photo(root / "images" / f"mask{number}.png", 50 + number)
        face = f"<object><name>with_mask</name><bndbox>{box}</bndbox></object>"
        xml = f"<annotation><filename>{name}</filename>{face}</annotation>"
        _write(root / "annotations" / f"mask{number}.xml", [xml])


def _people(root: Path) -> None:
    x, y, side = PLACE
    names = [_photo(root / "images" / f"people{k}.png", 60 + k) for k in range(2)]
    face = _words(x, y, side, side, *[0] * 6)
    _write(root / "people_bbx_gt.txt", [line for name in names for line in (name, "1", face)])


def _write(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", "utf-8")
