import pytest
import torch

from smilecascade.nets import NETS, Classifier, entry

CLASSIFIERS = [name for name in NETS if isinstance(entry(name).build(), Classifier)]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_says_whether_it_is_a_face_and_no_more(name: str) -> None:
    window = entry(name).window
    outputs = entry(name).build()(torch.rand(3, 3, window, window))
    assert outputs.face is not None
    assert outputs.face.shape == (3, 1, 1, 1)
    assert outputs.displacement is None
    assert outputs.points is None


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_the_sigmoid_of_its_logit_is_the_softmax_of_the_two(name: str) -> None:
    net, window = entry(name).build().eval(), entry(name).window
    pixels = torch.rand(3, 3, window, window) * 2 - 1
    with torch.inference_mode():
        softmax = torch.softmax(net.layers(pixels), dim=1)[:, 1:]
        torch.testing.assert_close(torch.sigmoid(net(pixels).face), softmax)


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        # (inputs, outputs, kernel) of each layer, dense layers as large as what the pooling leaves.
        ("li-12", [(3, 16, 3), (16, 16, 4)]),  # 12 → 10 → pool 4
        ("li-24", [(3, 64, 5), (64, 128, 9)]),  # 24 → 20 → pool 9
        ("li-48", [(3, 64, 5), (64, 64, 5), (64, 256, 8)]),  # 48 → 44 → pool 21 → 17 → pool 8
    ],
)
def test_li_has_the_weights_of_its_table(name: str, layers: list[tuple[int, int, int]]) -> None:
    convolutions = sum(inputs * outputs * kernel**2 for inputs, outputs, kernel in layers)
    normalisations = sum(2 * outputs for _, outputs, _ in layers)
    last = layers[-1][1] * 2 + 2
    weights = sum(weight.numel() for weight in entry(name).build().parameters())
    assert weights == convolutions + normalisations + last


@pytest.mark.parametrize(("name", "weights"), [("li-12", 4626), ("li-24", 668_994), ("li-48", 1_157_058)])
def test_li_has_as_many_weights_as_counted_by_hand(name: str, weights: int) -> None:
    assert sum(weight.numel() for weight in entry(name).build().parameters()) == weights
