-- For wrk: what a run came to, as one line of JSON. Times are in milliseconds; errors are answers from 400 on, and
-- requests that got none.
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.status + errors.connect + errors.read + errors.write + errors.timeout
  local at = function(share) return latency:percentile(share) / 1000 end
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.3f,"p50":%.3f,"p95":%.3f,"p99":%.3f,"max":%.3f,"bytes":%d,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, at(50), at(95), at(99), latency.max / 1000, summary.bytes, failed))
end
