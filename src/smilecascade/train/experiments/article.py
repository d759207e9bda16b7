"""The article's experiments with nets: which are trained, on what, and for how long.

Every training sees at least 100,000 samples. The learning rate stays where it is after the warm-up,
since a falling one hides the unrest that the article speaks of. All samples count, and half of a
classifier's are faces. Nets of 48 px and more learn in bfloat16: they take half the time.

Source: "Deep learning in the garage: two networks".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypedDict

from smilecascade.nets import DROPOUTS, TABLES
from smilecascade.specs import TrainSpec
from smilecascade.train.experiments.plan import CALIBRATION, CLASSIFICATION, Comparison, Experiment, Variant

#: Validations of a training: the points of its learning curve.
_POINTS = 16


class _Size(TypedDict):
    """How much a training sees, and how."""

    steps: int
    batch: int
    validate_every: int
    precision: Literal["float32", "bfloat16"]


def _size(steps: int, batch: int, precision: Literal["float32", "bfloat16"] = "float32") -> _Size:
    return _Size(steps=steps, batch=batch, validate_every=steps // _POINTS, precision=precision)


#: 204,800 windows of 12 px; 102,400 of 24, 48 and 64.
SMALL = _size(800, 256)
MIDDLE = _size(800, 128)
LARGE = _size(800, 128, "bfloat16")
INCEPTRON = _size(1600, 64, "bfloat16")


def _classifier(net: str, size: _Size, learning_rate: float = 2e-3) -> TrainSpec:
    return TrainSpec(
        net=net,
        positives=0.5,
        displaced="nearly",
        hard_share=1.0,
        schedule="constant",
        learning_rate=learning_rate,
        threads=1,
        **size,
    )


def _calibrator(net: str, size: _Size, displaced: Literal["classes", "nearly"] = "nearly") -> TrainSpec:
    return TrainSpec(
        net=net,
        positives=1.0,
        displaced=displaced,
        displacement_weight=1.0,
        schedule="constant",
        threads=1,
        **size,
    )


def _base_and_merged(title: str, train: TrainSpec) -> Comparison:
    variants = tuple(
        Variant(name=f"{train.net}-{name}", caption=f"{name} set", train=train, merged=name == "merged")
        for name in ("base", "merged")
    )
    curve = CLASSIFICATION if train.positives < 1 else CALIBRATION
    return Comparison(title=title, variants=variants, curve=curve)


MORE_DATA = Experiment(
    name="more-data",
    title="Four times as many faces",
    claim="The small classifier becomes clearly steadier, converges faster and ends better. The large one "
    "loses its spikes, is steadier and faster, but 0.17 points worse, taken as noise. Enlarged, it is faster "
    "still, better, and very steady. Both calibrators gain dramatically, since their data cannot be "
    "augmented by displacement.",
    comparisons=(
        _base_and_merged("Small classifier (li-12)", _classifier("li-12", SMALL)),
        _base_and_merged("Large classifier (li-48)", _classifier("li-48", LARGE)),
        _base_and_merged("Enlarged large classifier (large-48)", _classifier("large-48", LARGE)),
        _base_and_merged("Small calibrator (article-12-cal)", _calibrator("article-12-cal", SMALL)),
        _base_and_merged("Large calibrator (article-48-cal)", _calibrator("article-48-cal", LARGE)),
    ),
)


def _at_dropout(dropout: int) -> Comparison:
    nets = {"without normalisation": f"middle-24-drop{dropout}-plain", "with": f"middle-24-drop{dropout}"}
    variants = (Variant(name=n, caption=c, train=_classifier(n, MIDDLE)) for c, n in nets.items())
    return Comparison(title=f"Middle net, dropout {dropout / 100:g}", variants=tuple(variants))


def _slowly(variant: Variant, learning_rate: float) -> Variant:
    """The same, learning in smaller steps: is it they that normalisation allows?"""
    return Variant(
        name=f"{variant.name}-slow",
        caption=f"without, rate {learning_rate:g}",
        train=replace(variant.train, learning_rate=learning_rate),
    )


_PLAIN, _NORMALISED = _at_dropout(30).variants


BATCH_NORM = Experiment(
    name="batch-norm",
    title="Batch normalisation",
    claim="With it dropout can go down at the same quality; 90% of the final quality comes quickly. Without "
    "it the error fell much more slowly.",
    comparisons=(
        *(_at_dropout(dropout) for dropout in DROPOUTS),
        Comparison(
            title="Is it the learning rate? Middle net, dropout 0.3",
            variants=(_PLAIN, _slowly(_PLAIN, 5e-4), _NORMALISED),
        ),
    ),
)

MULTI_RESOLUTION = Experiment(
    name="multi-resolution",
    title="Several resolutions of the same window",
    claim="It converges faster and is a little steadier; dropped all the same, since enlarging the large net "
    "gave more.",
    comparisons=(
        Comparison(
            title="Middle net",
            variants=(
                Variant(name="plain", caption="plain (li-24)", train=_classifier("li-24", MIDDLE)),
                Variant(
                    name="several",
                    caption="24, 12 and 6 px (multi-24)",
                    train=_classifier("multi-24", MIDDLE),
                ),
                Variant(
                    name="wide",
                    caption="plain, as dear (wide-24)",
                    train=_classifier("wide-24", MIDDLE),
                ),
            ),
        ),
    ),
)


def _inceptron(net: str, caption: str) -> Variant:
    return Variant(name=net, caption=caption, train=_classifier(net, INCEPTRON, 1e-3))


_THREE = _inceptron("article-64-inceptron", "three modules")
_FOUR = _inceptron("inceptron-4", "four modules")

INCEPTRON_MODULES = Experiment(
    name="inceptron",
    title="Inceptron",
    claim="Three modules are a point worse than the plain net. Four always diverged. Batch normalisation "
    "broke it.",
    seeds=2,
    comparisons=(
        Comparison(
            title="Against the plain large net",
            variants=(_inceptron("li-48", "plain (li-48)"), _THREE, _FOUR),
        ),
        Comparison(
            title="Batch normalisation, three modules",
            variants=(_THREE, _inceptron("inceptron-3-norm", "three modules, normalised")),
        ),
        Comparison(
            title="Batch normalisation, four modules",
            variants=(_FOUR, _inceptron("inceptron-4-norm", "four modules, normalised")),
        ),
        Comparison(
            title="The branch that could not be built",
            variants=(_THREE, _inceptron("inceptron-3-pooled", "three modules with the pooling's branch")),
        ),
    ),
)


def _calibrators(title: str, net: str, size: _Size) -> Comparison:
    directly = net.replace("-cal", "-direct")
    tables = sorted((*TABLES, 45))
    return Comparison(
        title=title,
        curve=CALIBRATION,
        variants=(
            Variant(name=directly, caption="regression", train=_calibrator(directly, size)),
            Variant(
                name=f"{net}-on-classes",
                caption="45 classes, shown these alone",
                train=_calibrator(net, size, "classes"),
            ),
            *(
                Variant(name=f"{net}-of-{count}", caption=f"{count} classes", train=_calibrator(name, size))
                for count, name in ((count, net if count == 45 else f"{net}-{count}") for count in tables)
            ),
        ),
    )


CALIBRATION_TABLES = Experiment(
    name="calibration",
    title="Calibration: classes for a regression",
    claim="Two papers said that regression is worse and less stable than classification. Windows gather into "
    "clusters, duplicates are filtered better, and a larger stride becomes possible.",
    comparisons=(
        _calibrators("12 px (article-12-cal)", "article-12-cal", SMALL),
        _calibrators("24 px (li-24-cal)", "li-24-cal", MIDDLE),
        Comparison(
            title="48 px (article-48-cal)",
            curve=CALIBRATION,
            variants=(
                Variant(
                    name="article-48-direct",
                    caption="regression",
                    train=_calibrator("article-48-direct", LARGE),
                ),
                Variant(
                    name="article-48-cal",
                    caption="45 classes",
                    train=_calibrator("article-48-cal", LARGE),
                ),
            ),
        ),
    ),
)

#: The calibrators whose classes are the 45 of the cascade.
OF_45_CLASSES = ("article-12-cal", "li-24-cal", "article-48-cal")

#: Those that train single nets, in the order in which they are worth running: cheap ones first.
TRAINED = (BATCH_NORM, MULTI_RESOLUTION, CALIBRATION_TABLES, MORE_DATA, INCEPTRON_MODULES)
