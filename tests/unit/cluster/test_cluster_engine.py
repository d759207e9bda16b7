import socket

import pytest

from smilecascade.cluster.engine import running, share_of_worker
from smilecascade.errors import ClusterError


@pytest.mark.parametrize(
    ("nodes", "share"),
    [([2], 2), ([1], 1), ([8], 4), ([6], 3), ([5], 1), ([4, 2], 2), ([1, 1], 1), ([], 4)],
)
def test_workers_leave_no_core_over(nodes: list[int], share: int) -> None:
    assert share_of_worker(nodes) == share


def test_a_cluster_that_does_not_answer_is_named_at_once() -> None:
    pytest.importorskip("ray", reason="needs the extra 'ray'")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(ClusterError, match=f"{address}: Ray cannot be used there .*ray start --head"):
            running(address).__enter__()
