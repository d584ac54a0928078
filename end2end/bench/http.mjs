// Single requests over connections that are kept open. No fetch: that one says of itself that it is a browser's script.
import http from 'node:http'
import https from 'node:https'

const keep = { keepAlive: true, maxSockets: 1 }

/** What asks one server over one connection. */
export class Client {
  #agents = { 'http:': new http.Agent(keep), 'https:': new https.Agent(keep) }

  constructor(base, headers = {}) {
    this.base = base
    this.headers = headers
  }

  /** Status, headers and body, and from the sending to the end of the answer in milliseconds. */
  ask(method, path, body, more = {}) {
    const url = new URL(this.base + path)
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    const headers = { accept: 'application/json', ...this.headers, ...more }
    if (text !== undefined) {
      headers['content-type'] ??= 'application/json'
      headers['content-length'] = Buffer.byteLength(text)
    }
    const { request: send } = url.protocol === 'https:' ? https : http
    return new Promise((resolve, reject) => {
      const began = performance.now()
      const request = send(url, { method, headers, agent: this.#agents[url.protocol] }, (answer) => {
        const parts = []
        answer.on('data', (part) => parts.push(part))
        answer.on('error', reject)
        answer.on('end', () => resolve({
          status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString(),
          ms: performance.now() - began,
        }))
      })
      request.on('error', reject)
      request.end(text)
    })
  }

  /** The JSON of an answer that must be a good one. */
  async json(method, path, body, more) {
    const { status, text } = await this.ask(method, path, body, more)
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`)
    return text ? JSON.parse(text) : {}
  }

  close() {
    for (const agent of Object.values(this.#agents)) agent.destroy()
  }
}
