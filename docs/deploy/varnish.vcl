# hookcast behind Varnish 7.1 or newer. Copy this to /etc/varnish/default.vcl, and set TRUST_PROXY=loopback for the gateway.
# The Host header and X-Forwarded-For need no setting.
vcl 4.1;

import directors;

probe ready {
  .url = "/readyz";
  .interval = 1s;
  .timeout = 2s;
  .window = 2;
  .threshold = 1;
  .initial = 1;
}

backend gateway1 {
  .host = "127.0.0.1";
  .port = "4000";
  .probe = ready;
  .connect_timeout = 500ms;
}

# backend gateway2 { .host = "127.0.0.1"; .port = "4001"; .probe = ready; .connect_timeout = 500ms; }

sub vcl_init {
  new gateways = directors.round_robin();
  gateways.add_backend(gateway1);
  # gateways.add_backend(gateway2);
}

sub vcl_recv {
  # /metrics, /livez and /readyz are for the inside.
  if (req.url !~ "^/(webhooks/|graphql/?(\?|$)|console(/|\?|$))") {
    return (synth(404));
  }
  set req.backend_hint = gateways.backend();
  if (req.http.upgrade ~ "(?i)^websocket$") {
    return (pipe);
  }
  # What the gateway answers is of this moment. Only the console's files may be kept.
  if (req.url ~ "^/console/assets/") {
    return (hash);
  }
  return (pass);
}

sub vcl_pipe {
  # Varnish leaves them out otherwise, and the WebSocket gets 426.
  set bereq.http.upgrade = req.http.upgrade;
  set bereq.http.connection = "upgrade";
}
