// docs/benchmarks.md, out of the figures that are kept.
import * as create from './report/create.mjs'
import * as inventory from './report/inventory.mjs'
import * as pages from './report/pages.mjs'
import * as streams from './report/streams.mjs'
import { few, mib, ratio, table, whole } from './report/text.mjs'

const SECTIONS = { inventory, pages, streams, create }

/** What the others came to on the lab, measured there once; ours as it is kept. */
function others(parts) {
  const list = parts.create?.figures.list
  const calls = parts.pages && pages.servers(parts.pages).cold.calls
  const known = (value, show) => (value === undefined ? '' : show(value))
  return [
    '## Beside Skyline and Horizon', '',
    'The list of servers, on the same machine and lab; theirs was measured once. Our upstream calls are those of a view for which',
    'nothing is remembered, counted at the simulated cloud.', '',
    table(['', '>requests/s', '>upstream calls a view', '>resident', '>creating a server, against Nova'], [
      ['AtonixCorp Platform', known(list?.page.perSecond, few), known(calls, whole), known(list?.resident, (one) => `${mib(one)} MiB`),
        known(parts.create && create.medians(parts.create), ratio)],
      ['Skyline', '6.5', '20', '307 MiB', ''],
      ['Horizon', '1.1', '27', '358 MiB', '2.19'],
    ]), '',
  ].join('\n')
}

export function report(parts) {
  const measured = Object.keys(SECTIONS).filter((name) => parts[name])
  const missing = Object.keys(SECTIONS).filter((name) => !parts[name])
  const machines = [...new Set(measured.map((name) => parts[name].machine))]
  const bounds = measured.flatMap((name) => SECTIONS[name].bounds(parts[name]))
  return [
    '# Benchmarks', '',
    'Written by `make bench` (`scripts/bench` tells of its parts); not to be edited. Each section names its command.', '',
    ...machines.map((machine) => `Machine: ${machine}.`), '',
    ...(missing.length ? [`Not measured yet: ${missing.join(', ')}.`, ''] : []),
    '## Bounds', '', table(['what', '>bound', '>measured', ''], bounds), '',
    others(parts),
    ...measured.map((name) => SECTIONS[name].section(parts[name])),
    ...(parts.inventory ? ['## Every case', '', inventory.appendix(parts.inventory)] : []),
  ].join('\n').replace(/\n{3,}/g, '\n\n').trimEnd() + '\n'
}
