-- Sends the requests of a file in turn, one a line: a path to GET, or a path, a tab and a body to PUT. What wrk found is printed
-- as one line of JSON; durations are microseconds.
--
--   wrk -t1 -c32 -d5s -s requests.lua -H 'Authorization: …' URL -- FILE

local requests = {}
local last = 0

function init(arguments)
   for line in io.lines(arguments[1]) do
      local path, body = line:match("^([^\t]*)\t(.*)$")
      requests[#requests + 1] = path and wrk.format("PUT", path, nil, body) or wrk.format("GET", line)
   end
end

function request()
   last = last % #requests + 1
   return requests[last]
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '{"requests": %d, "duration": %d, "p50": %d, "p99": %d, "refused": %d, "failed": %d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), errors.status,
      errors.connect + errors.read + errors.write + errors.timeout))
end
