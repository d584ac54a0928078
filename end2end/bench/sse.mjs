// Many open streams of events, of which nothing but that they are open is looked at.
import http from 'node:http'

const AT_ONCE = 50

function one(url, headers) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false }, (answer) => {
      answer.resume().on('error', () => {})
      if (answer.statusCode === 200) resolve({ request, answer })
      else reject(new Error(`a stream is answered ${answer.statusCode}`))
    })
    request.on('error', reject)
  })
}

/** Opens so many. */
export async function openStreams(url, headers, many) {
  const streams = []
  while (streams.length < many) {
    const some = Math.min(AT_ONCE, many - streams.length)
    streams.push(...await Promise.all(Array.from({ length: some }, () => one(url, headers))))
  }
  return {
    open: () => streams.filter(({ answer }) => !answer.complete && !answer.destroyed).length,
    close: () => streams.forEach(({ request }) => request.destroy()),
  }
}
