// One case under load, and what it is against the same case in a smaller database.
import { path } from './cases.mjs'
import { load } from './wrk.mjs'

const usual = 50
const whose = (portal, one) => (one.rows ? [portal.client, portal.rest] : [portal.visitor, portal.browser])

async function timed(portal, one, seconds, limit) {
  const [, headers] = whose(portal, one)
  return load(portal.url + path(one, limit), { headers, seconds })
}

/** Asks once, to see that the answer is a good one, and then for a second with 8 clients. */
export async function measure(portal, one) {
  const [client] = whose(portal, one)
  const { status, text } = await client.ask('GET', path(one))
  if (status !== 200) return { name: one.name, wrong: `${status} ${text.slice(0, 200)}` }
  const rows = one.rows ? JSON.parse(text)[one.rows].length : null
  const { p50, p95, p99, perSecond, errors } = await timed(portal, one, 1)
  return { name: one.name, rows, p50, p95, p99, perSecond, errors }
}

/**
 * The p95 of a case against that in the small database. Where that has less than a page of it, the large one is asked for
 * as many rows, for that: more rows take longer, in any database.
 */
export async function compare(portal, one, small, large) {
  if (!small || small.wrong || large.wrong) return null
  const limit = small.rows !== null && small.rows < usual && small.rows < large.rows ? small.rows : null
  if (limit === 0) return null
  const { p95 } = limit ? await timed(portal, one, 1, limit) : large
  return { name: one.name, limit, small: small.p95, large: p95, ratio: p95 / small.p95 }
}

/** The same once more, for longer and in turns: a figure out of one second may be a hiccup of the machine. */
export async function again(compared, [small, smallCase], [large, largeCase]) {
  const p95 = { small: [], large: [] }
  for (let turn = 0; turn < 2; turn += 1) {
    p95.small.push((await timed(small, smallCase, 3, compared.limit)).p95)
    p95.large.push((await timed(large, largeCase, 3, compared.limit)).p95)
  }
  const mean = ([one, two]) => (one + two) / 2
  const [of_small, of_large] = [mean(p95.small), mean(p95.large)]
  return { ...compared, first: compared.ratio, small: of_small, large: of_large, ratio: of_large / of_small }
}
