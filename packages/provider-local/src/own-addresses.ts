import { BlockList } from 'node:net'
import { networkInterfaces } from 'node:os'

/** Whether an address that this machine has now, loopback included, is in the network: `127.0.0.1/32`. */
export const coversThisMachine = (cidr: string): boolean => {
  const [network = '', bits] = cidr.split('/')
  const covered = new BlockList()
  covered.addSubnet(network, Number(bits), 'ipv4')
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ address, family }) => family === 'IPv4' && covered.check(address))
}
