"""A cluster of two nodes of Ray on the loopback interface, with a core each, until standard input ends.

It prints a line of JSON: its address, and the process of each node's raylet, whose children are workers.
"""

import json
import os
import sys

from smilecascade.cluster.engine import ALONE, OFFLINE

os.environ |= OFFLINE | ALONE

from ray.cluster_utils import Cluster

NODE = {"num_cpus": 1, "object_store_memory": 100_000_000, "include_dashboard": False}

cluster = Cluster(initialize_head=True, head_node_args=NODE)
try:
    nodes = [cluster.head_node, cluster.add_node(**NODE)]
    raylets = [node.all_processes["raylet"][0].process.pid for node in nodes]
    print(json.dumps({"address": cluster.address, "raylets": raylets}), flush=True)
    sys.stdin.read()
finally:
    cluster.shutdown()
