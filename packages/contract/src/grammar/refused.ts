import { UserError } from '@mmcloud/domain'

/** What this OpCenter's cloud cannot honour, and what helps instead. */
const REFUSED: Readonly<Record<string, string>> = {
  securityGroup:
    '--securityGroup: this cloud has no security groups to name; every job gets its own: --publish PORT --allowFrom CIDR',
  zone: '--zone: this cloud has one zone, the machine it runs on; leave it out',
  subnet: '--subnet: this cloud has one network, in which every job is alone; leave it out',
  gpuCount: '--gpu-count: no instance type of this cloud has a GPU; "float submit --dry-run" lists the types',
  rootVolSize:
    '--rootVolSize: the disk of an instance holds nothing of a job; what it writes lies on its own: --imageVolSize GB',
  snapLocation:
    '--snapLocation: what is saved of a job lies on its own disk, which moves with it; leave it out',
  extraOptions: '--extraOptions: there are none; "float submit --help" lists all flags',
}

/** Throws for what is asked for and cannot be had: `notSupported`. Nothing is ignored in silence. */
export const refuseField = (key: string): never => {
  throw new UserError('notSupported', REFUSED[key] ?? `${key} is not supported yet`)
}
