import type { WorkerConfig } from '@mmcloud/contract'

/**
 * What a new instance runs at its first boot, here and on a cloud: write the worker's configuration, fetch the worker
 * from the OpCenter (its certificate is the only one trusted), and run it again whenever it ends. A worker that is
 * started again adopts the job that is running.
 */
export const userDataScript = (config: WorkerConfig): string => `#!/bin/sh
# Memory Machine Cloud worker
set -eu
umask 077
mkdir -p /run/mmcloud /opt/mmcloud /var/lib/mmworker
cat > /run/mmcloud/opencenter.pem <<'PEM'
${config.certificate.trim()}
PEM
cat > /run/mmcloud/worker.json <<'JSON'
${JSON.stringify(config)}
JSON
fetch() { curl --fail --silent --show-error --retry 60 --retry-delay 1 --retry-all-errors --cacert /run/mmcloud/opencenter.pem --output "/opt/mmcloud/$1.new" '${config.openCenterUrl}/worker/'"$1" && mv "/opt/mmcloud/$1.new" "/opt/mmcloud/$1"; }
fetch worker.mjs
fetch shim.mjs
fetch float.mjs
# Nothing from here on is secret by its place, and what the worker makes for a job must be open to the job's users.
umask 022
# The instance can be used up for the job: the worker, who saves it, is the last to be taken by the kernel.
echo -900 > /proc/self/oom_score_adj 2>/dev/null || true
while :; do
  node /opt/mmcloud/worker.mjs >> /var/log/mmworker.log 2>&1 || true
  sleep 0.2
done
`
