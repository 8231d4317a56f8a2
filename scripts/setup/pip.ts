import { spawnSync } from 'node:child_process'

/** Whether some Python of this machine has pip, and can make environments, as readers of the guide do: any will do. */
export const hasPip = (): boolean => spawnSync('python3', ['-c', 'import pip, ensurepip']).status === 0

/** What brings Debian's, where there is none. */
export const PIP_PACKAGES = ['python3-pip', 'python3-setuptools', 'python3-venv', 'python3-wheel'] as const
