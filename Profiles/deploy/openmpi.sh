#!/bin/bash
# One run over several hosts by Open MPI, and its merge.
#
#   Profiles/deploy/openmpi.sh -n 4 --hostfile hosts -- mesh-8 --agents 4000 --backend relay:ws://10.0.0.5:8080/
#
# What stands before -- is mpirun's, what stands behind is run's. SIGNALBENCH_PARTS is a folder that all hosts see.
# Ends with the merge's exit code, or mpirun's when there is nothing to merge.

set -u
launch=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do launch+=("$1"); shift; done
[ $# -gt 0 ] && shift
parts=${SIGNALBENCH_PARTS:-$PWD/Parts}/$(date -u +%Y%m%dT%H%M%SZ)-$$
program=${SIGNALBENCH:-signalbench}

# One bad exit aborts the others, which is right: without one of them it is another run. With ranks left to themselves,
# mpirun hides a failure, and waits for ever for one that was killed.
timeout --signal=TERM "${SIGNALBENCH_DEADLINE:-25m}" \
    mpirun "${launch[@]}" "$program" run "$@" --shard auto --part "$parts" --quiet
echo "mpirun ended with $?"
exec "$program" merge "$parts"
