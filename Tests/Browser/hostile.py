"""Texts that would run as code, or break out of where they stand, on a page that is not careful."""

from dashboard import item

TEXTS = [
    "<script>window.__xss=1</script>",
    "</script><script>window.__xss=1</script>",
    "</title></textarea></pre></style></select><script>window.__xss=1</script>",
    "<img src=x onerror=window.__xss=1>",
    "<svg onload=window.__xss=1>",
    "<svg><script>window.__xss=1</script></svg>",
    "<svg><animate onbegin=window.__xss=1 attributeName=x dur=1s>",
    "<svg><a xlink:href=\"javascript:window.__xss=1\"><text y=20>x</text></a></svg>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=window.__xss=1></style></math>",
    "<details open ontoggle=window.__xss=1>x</details>",
    "<input autofocus onfocus=window.__xss=1>",
    "<iframe srcdoc='<script>parent.__xss=1</script>'></iframe>",
    "<object data='javascript:window.__xss=1'></object>",
    "<base href='//127.0.0.1:1/'><meta http-equiv=refresh content='0;url=/sign-in?evil'>",
    "<form action=/sign-out method=post><button autofocus>x</button></form>",
    "<style>*{background:url(//127.0.0.1:1/)}</style>",
    "\" onmouseover=\"window.__xss=1\" x=\"",
    "' onmouseover='window.__xss=1' x='",
    "\" autofocus onfocus=window.__xss=1 x=\"",
    "\"\u0301 onmouseover=window.__xss=1 x=\"\u0301",
    "'\u0301 onmouseover=window.__xss=1 x='\u0301",
    "<\u0338script>window.__xss=1<\u0338/script>\"\u20dd><\u0301img src=x onerror=window.__xss=1>",
    "\"\u200d><img src=x onerror=window.__xss=1>\ufe0f",
    "&\u0301lt;img src=x onerror=window.__xss=1&\u0301gt;",
    "&lt;script&gt;window.__xss=1&lt;/script&gt;",
    "&#34;&#x27;&#60;img src=x onerror=window.__xss=1&#62;",
    "javascript:window.__xss=1",
    "\u0001javascript:window.__xss=1//",
    "data:text/html,<script>opener.__xss=1</script>",
    "`${window.__xss=1}`",
    "{{csrf}} {{> keys}} {{#user}}x{{/user}} {{{customer}}} {{&customer}}",
    "{{=<% %>=}}<%& csrf %>{{% CONTENT_TYPE: TEXT}}<img src=x onerror=window.__xss=1>",
    "]]><!--<img src=x onerror=window.__xss=1>-->",
    "--><img src=x onerror=window.__xss=1><!--",
    "\\\" onmouseover=window.__xss=1 \\x22\\u0022",
    "\u202e>1=ssx__.wodniw=rorreno x=crs gmi<\u202c \u2066right\u2069 to left",
    "\u2028\u2029<img src=x onerror=window.__xss=1>",
    "\uff1cscript\uff1ewindow.__xss=1\uff1c/script\uff1e <\u0131mg src=x>",
    "<img src=x onerror=&#119;indow.__xss=1 //",
    "x" * 300 + "<b onmouseover=window.__xss=1>" + "\u0336" * 40,
]
# What a user may be called: visible characters of ASCII without a colon, at most 60.
NAME = "\"><svg/onload=window.__xss=1><b/title='{{{csrf}}}"
EMAIL = "\"<svg/onload=window.__xss=1>'@x<img/src/onerror=__xss=1>.example"
ADDRESS = [
    "first_name", "last_name", "company", "address_1", "address_2", "city", "state", "postcode", "country", "phone", "email",
]
LONGEST_ADDRESS, LONGEST_DESCRIPTION = 64, 200  # bytes

# Calls every handler there is, and says what no page of the dashboard has.
PROVOKE = """() => {
  const names = ["mouseover", "mouseenter", "mousemove", "pointerover", "focus", "focusin", "blur", "toggle", "begin", "load", "error"];
  const strange = [];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name) || name === "style" || name === "srcdoc") strange.push(`${element.localName} ${name}`);
      const leads = /^(href|src|action|formaction|data|xlink:href)$/i.test(name);
      if (leads && !/^(\\/(?!\\/)|#|\\?)/.test(value)) strange.push(`${name}=${value}`);
    }
    if (/^(iframe|object|embed|base|style|math|animate|img|frame)$/i.test(element.localName)) strange.push(element.localName);
    for (const name of names) element.dispatchEvent(new Event(name));
  }
  if (document.scripts.length !== 1) strange.push(`${document.scripts.length} scripts`);
  if (document.querySelector('meta[http-equiv]')) strange.push("meta http-equiv");
  return strange;
}"""


def cut(text, bytes_):
    """The beginning of a text, of at most so many bytes."""
    return text.encode()[:bytes_].decode(errors="ignore")


def cart(place, text):
    """A cart that holds the text wherever a cart can hold one."""
    address = dict.fromkeys(ADDRESS, text)
    product = {"title": text, "slug": text, "type": text, "image": text, "weight": text, "backorders": text, "dimensions": {text: text}}
    attack = {"variation": {text: text}, "extra": {text: text}, "product": product, "sku": text}
    return {
        "key": f"hostile-{place:02}_--onload_xss", "source": text, "ip_address": cut(text, LONGEST_ADDRESS),
        "customer": {
            "first_name": text, "last_name": text, "email": text, "phone": text, "billing": address, "shipping": address,
            "profile": {text: text},
        },
        "items": [
            {**item(place + 1, text, 100), **attack}, {**item(place + 1, text, 100, kind="wishlist"), **attack},
            item(place + 1, text, kind="removed"),
        ],
        "coupons": [{"code": text, "label": text, "discount": 1}],
        "fees": [{"id": text, "name": text, "amount": 1}],
    }
