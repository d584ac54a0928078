// The real OpenStack: creations in pairs, and the list of servers.
import { median } from '../program.mjs'
import { bound, few, mib, ms, ratio, source, table } from './text.mjs'

const of = (figures) => {
  const [bare, ours] = ['bare', 'ours'].map((way) => median(figures.pairs.map((pair) => pair[way])))
  return { bare, ours, medians: ours / bare, pairs: median(figures.pairs.map((pair) => pair.ours / pair.bare)) }
}

export const medians = ({ figures }) => of(figures).medians

export function bounds({ figures }) {
  const { medians } = of(figures)
  return [bound('creating a server, against the bare POST to Nova', '<= 1.05', ratio(medians), medians <= 1.05)]
}

export function section(part) {
  const { figures } = part
  const { bare, ours, medians, pairs } = of(figures)
  const { list } = figures
  const errors = (one) => (one.errors ? ` (${one.errors} errors)` : '')
  return [
    '## A real OpenStack', '', source(part), '',
    'The lab of `end2end/openstack` on the same machine. In each pair one server is made by a bare `POST /servers` to Nova and one',
    'through the API, with the same account, flavor, image, network and a tag, over a connection that is open, in changing',
    'order; the next is made when the one before has been built and has gone.', '',
    table(['>pairs', '>Nova, median', '>ours, median', '>ratio of the medians', '>median of the pairs\' ratios'],
      [[figures.pairs.length, `${ms(bare)} ms`, `${ms(ours)} ms`, ratio(medians), ratio(pairs)]]), '',
    `The list of ${list.servers} servers: Nova's \`GET /servers/detail\`, and the page of the browser, with 8 clients; and a single`,
    'request of each when the portal has nothing fresh, in the median.', '',
    table(['', '>p50', '>p95', '>p99', '>requests/s', '>single', '>resident'], [
      ['Nova', `${ms(list.bare.p50)} ms`, `${ms(list.bare.p95)} ms`, `${ms(list.bare.p99)} ms`, few(list.bare.perSecond) + errors(list.bare), `${ms(list.bareMs)} ms`, ''],
      ['our page', `${ms(list.page.p50)} ms`, `${ms(list.page.p95)} ms`, `${ms(list.page.p99)} ms`, few(list.page.perSecond) + errors(list.page), `${ms(list.coldMs)} ms`, `${mib(list.resident)} MiB`],
      ['ratio', ratio(list.page.p50 / list.bare.p50), ratio(list.page.p95 / list.bare.p95), ratio(list.page.p99 / list.bare.p99), ratio(list.page.perSecond / list.bare.perSecond), ratio(list.coldMs / list.bareMs), ''],
    ]), '',
  ].join('\n')
}
