// Lists, search, overview and audit at each size.
import { DATABASES, bound, bytes, few, mib, ms, ratio, seconds, source, table, whole } from './text.mjs'

const of = (figures) => Object.entries(figures.databases)
const largest = (measured) => measured.sizes.at(-1)
const worst = (ratios) => ratios.reduce((one, other) => (other.ratio > one.ratio ? other : one))
const rows = (number) => (number >= 1_000_000 ? `${number / 1_000_000}M` : number >= 1000 ? `${number / 1000}k` : String(number))
const silent = (one) => !one.wrong && one.perSecond === 0
const wrong = (measured) => [...measured.small, ...measured.large].filter((one) => one.wrong || one.errors || silent(one))
const GROUPS = [['list:', 'the list'], ['audit:', 'the audit\'s list'], ['page:', 'the browser\'s pages']]

export function bounds({ figures }) {
  return of(figures).flatMap(([kind, measured]) => {
    const { rows: most, list, resident } = largest(measured)
    const name = `${DATABASES[kind]}, ${rows(most)} rows: `
    const lines = []
    if (measured.ratios.length && measured.sizes.length > 1) {
      const one = worst(measured.ratios)
      lines.push(bound(`${name}p95 against ${rows(measured.sizes[0].rows)} rows, worst case`, '<= 2', ratio(one.ratio), one.ratio <= 2))
    }
    const asked = measured.sizes.reduce((sum, size) => sum + size.asked, 0)
    lines.push(
      ...GROUPS.map(([group, what]) => {
        const slowest = Math.max(...measured.large.filter((one) => !one.wrong && one.name.startsWith(group)).map((one) => one.p95))
        return bound(`${name}worst p95 of ${what}`, '<= 20 ms', `${ms(slowest)} ms`, slowest <= 20)
      }),
      bound(`${name}requests/s of 50 rows, 8 clients`, '>= 2,000', whole(list.perSecond), list.perSecond >= 2000),
      bound(`${name}resident after the load`, '<= 60 MiB', `${mib(resident)} MiB`, resident <= 60),
      bound(`${name}resident with ${whole(measured.streams.streams)} streams`, '<= 120 MiB', `${mib(measured.streams.resident)} MiB`,
        measured.streams.resident <= 120 && measured.streams.streams >= 1000),
      bound(`${DATABASES[kind]}, all sizes: requests to a cloud`, '0', whole(asked), asked === 0),
      bound(`${DATABASES[kind]}: cases answered wrongly, or not in time`, '0', wrong(measured).length, wrong(measured).length === 0),
    )
    return lines
  })
}

const sizes = (measured) => table(
  ['>rows', '>seeded in', '>database', '>median of all p95', '>worst p95', 'which', '>50 rows: requests/s', '>p50', '>p95', '>p99', '>resident'],
  measured.sizes.map((one) => [
    whole(one.rows), `${seconds(one.seedSeconds)} s`, bytes(one.bytes), `${ms(one.median)} ms`, `${ms(one.worst.p95)} ms`, one.worst.name,
    whole(one.list.perSecond), `${ms(one.list.p50)} ms`, `${ms(one.list.p95)} ms`, `${ms(one.list.p99)} ms`, `${mib(one.resident)} MiB`,
  ]),
)

function slower(measured) {
  const found = measured.ratios.filter((one) => one.ratio > 2).sort((one, other) => other.ratio - one.ratio)
  if (!found.length) return `No case takes more than twice as long with ${whole(largest(measured).rows)} rows.`
  return [
    'More than twice as long, also when measured once more:', '',
    table(['case', '>rows asked for', '>p95, small', '>p95, large', '>ratio', '>at first'], found.map((one) => [
      one.name, one.limit ?? 'a page', `${ms(one.small)} ms`, `${ms(one.large)} ms`, ratio(one.ratio), one.first ? ratio(one.first) : '',
    ])),
  ].join('\n')
}

function mistakes(measured) {
  const lines = wrong(measured).map((one) => `- ${one.name}: ${silent(one) ? 'no answer in time' : one.wrong ?? `${one.errors} errors`}`)
  return lines.length ? ['Not answered well:', '', ...new Set(lines), ''].join('\n') : ''
}

/** Every case at the smallest and the largest size. */
function cases(measured) {
  const [small, large] = [measured.sizes[0].rows, largest(measured).rows].map(rows)
  const find = (list, name) => list.find((one) => one.name === name)
  const figures = (one) => (one && !one.wrong && !silent(one) ? [one.rows ?? '', ms(one.p50), ms(one.p95), ms(one.p99)] : ['', '', '', ''])
  return table(
    ['case', `>${small}: rows`, '>p50', '>p95', '>p99', `>${large}: rows`, '>p50', '>p95', '>p99', '>requests/s', '>ratio'],
    measured.large.map((one) => {
      const compared = find(measured.ratios, one.name)
      return [
        one.name, ...figures(find(measured.small, one.name)), ...figures(one), one.wrong || silent(one) ? '' : few(one.perSecond),
        compared && !silent(one) ? ratio(compared.ratio) : '',
      ]
    }),
  )
}

export function section(part) {
  const { figures } = part
  const short = of(figures).map(([kind, measured]) => {
    const { streams } = measured
    return [
      `### ${DATABASES[kind]}`, '', sizes(measured), '', slower(measured), '', mistakes(measured),
      `With ${whole(streams.streams)} open streams of events the server takes ${mib(streams.idle)} MiB, and ` +
      `${mib(streams.resident)} MiB after the same ten seconds of load (${whole(streams.list.perSecond)} requests/s, p95 ` +
      `${ms(streams.list.p95)} ms).`, '',
    ].join('\n')
  })
  return [
    '## Lists, search, overview and audit', '', source(part), '',
    'One `atonix serve` as an operator runs it, with its log in a file, on the same cores as the load; only its own comparisons',
    'with the cloud are put off, so that what lists ask of it can be counted. Each case is asked',
    'for a second by 8 clients: every order and filter of the list, pairs of filters, the first page and one from the',
    'middle (`deep`), the filters of the audit, and three pages of the browser. Then the list\'s usual page of 50 rows for',
    'ten seconds. A case of which the small database has less than a page is compared by as many rows. PostgreSQL is that',
    'of `scripts/postgres`, with its usual memory, vacuumed after the seeding.', '', ...short,
  ].join('\n')
}

export function appendix({ figures }) {
  return of(figures).map(([kind, measured]) => [`### Every case, ${DATABASES[kind]}`, '', 'Times in milliseconds.', '', cases(measured), ''].join('\n')).join('\n')
}
