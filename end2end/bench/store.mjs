// Where figures are kept: each part with its day, commit, command and machine, so that parts may be measured one by one.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { dirname } from 'node:path'

const file = process.env.ATONIX_BENCH_RESULTS ?? 'target/bench.json'

export const stored = () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {})

const git = (...args) => {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}

function commit() {
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!docs/benchmarks.md')
  return (git('rev-parse', '--short', 'HEAD') || 'unknown') + (changed ? ', with changes' : '')
}

/** The command that measures a part again. */
function command(part) {
  const given = ['SIZES', 'DATABASES', 'PAIRS'].filter((name) => process.env[name])
  return [`PARTS=${part}`, ...given.map((name) => `${name}=${process.env[name]}`), 'make bench'].join(' ')
}

const machine = () =>
  `${cpus().length} cores (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory, ` +
  `Linux on ${process.arch}`

export function keep(part, figures) {
  const all = stored()
  all[part] = {
    day: new Date().toISOString().slice(0, 10), commit: commit(), command: command(part), machine: machine(),
    program: process.env.ATONIX_BENCH_RELEASE ? 'a release' : 'a program that ATONIX_BIN named', figures,
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(all, null, 1))
}
