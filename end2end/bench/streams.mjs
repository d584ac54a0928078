// A thousand streams on one binding, over three servers: scripts/bench-streams measures, its lines are read here.
import { run, say } from './program.mjs'

const UNITS = { 's': 1000, 'ms': 1, 'µs': 0.001, 'ns': 1e-6 }
/** A time as Rust writes it, in milliseconds. */
const ms = (text) => {
  const [, number, unit] = text.match(/^([\d.]+)(s|ms|µs|ns)$/)
  return Number(number) * UNITS[unit]
}

const LINES = {
  streams: [/streams on one binding, over three servers\s+(\d+)$/m, Number],
  seconds: [/requests to the cloud in (\S+), one client/m, (text) => ms(text) / 1000],
  callsOfOne: [/requests to the cloud in \S+, one client\s+(\d+)$/m, Number],
  callsOfAll: [/requests to the cloud in \S+, all clients\s+(\d+)$/m, Number],
  p50: [/a change seen by each after, p50\s+(\S+)$/m, ms],
  p99: [/a change seen by each after, p99\s+(\S+)$/m, ms],
  most: [/a change seen by each after, at most\s+(\S+)$/m, ms],
  kibEach: [/memory of the servers per client\s+([\d.]+) KiB$/m, Number],
}

/** The figures in what scripts/bench-streams says. */
export function read(said) {
  const figures = {}
  for (const [name, [line, value]] of Object.entries(LINES)) {
    const found = said.match(line)
    if (!found) throw new Error(`scripts/bench-streams did not say its ${name}`)
    figures[name] = value(found[1])
  }
  return figures
}

export async function streams() {
  const { code, said } = await run('scripts/bench-streams', [], { echo: true, env: process.env })
  // It fails when a bound of its own is not kept; the figures are there all the same.
  if (code !== 0) say(`scripts/bench-streams ended with ${code}`)
  return { ...read(said), kept: code === 0 }
}
