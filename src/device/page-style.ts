/** The page's looks: one column on a phone, cards beside each other where there is room; light and dark. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--bg:#eef2f3;--card:#fff;--ink:#13212b;--soft:#5d6f7b;--line:#e3e9eb;--track:#dfe7e9;
--mark:#0b8276;--hero:linear-gradient(135deg,#0c8f7f,#0a5f78)}
@media(prefers-color-scheme:dark){:root{--bg:#0b1216;--card:#131c22;--ink:#e6eef1;--soft:#8ea1ac;--line:#1f2c34;
--track:#22323b;--mark:#35d0b6;--hero:linear-gradient(135deg,#0b6f65,#0a4358)}}
*{box-sizing:border-box;margin:0}
body{background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
-webkit-text-size-adjust:100%}
main{max-width:30rem;margin:0 auto;padding:1rem;display:grid;gap:1rem}
section{background:var(--card);border-radius:1rem;padding:1.1rem 1.25rem;min-width:0;
box-shadow:0 1px 2px rgba(10,30,40,.06),0 6px 20px rgba(10,30,40,.05)}
.hero{background:var(--hero);color:#fff;padding:1.4rem 1.25rem 1.3rem}
.top{display:flex;justify-content:space-between;gap:1rem;font-size:.85rem;opacity:.9}
.top b{font-weight:600;overflow-wrap:anywhere}
.live{white-space:nowrap}
.live:before{content:"";display:inline-block;width:.5rem;height:.5rem;margin-right:.45rem;border-radius:50%;
background:#7dffcf;box-shadow:0 0 0 .2rem rgba(125,255,207,.22)}
.lost .live:before{background:#ffb4a2;box-shadow:0 0 0 .2rem rgba(255,180,162,.22)}
.hero p{margin-top:1.6rem;font-size:.85rem;opacity:.8}
h1{font-size:clamp(1.35rem,7.6vw,3rem);line-height:1.2;font-weight:600;letter-spacing:-.01em;
font-variant-numeric:tabular-nums}
h1 small{font-size:.5em;font-weight:400;opacity:.7;margin-left:.2em}
h2{font-size:.75rem;font-weight:600;letter-spacing:.07em;text-transform:uppercase;color:var(--soft);
margin-bottom:.3rem}
dl div{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;padding:.55rem 0;
border-top:1px solid var(--line)}
h2+dl div:first-child{border-top:0}
dl div:last-child{padding-bottom:0}
dt{color:var(--soft);flex:none}
dt small{opacity:.7}
.wide dl div{flex-wrap:wrap;row-gap:0}
.wide dd{margin-left:auto}
dd{text-align:right;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
.meter{margin:.5rem 0 .8rem}
.meter p{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;color:var(--soft);font-size:.85rem}
.meter b{font-size:1.3rem;font-weight:600;color:var(--ink);font-variant-numeric:tabular-nums}
.bar{height:.4rem;border-radius:.2rem;background:var(--track);overflow:hidden;margin-top:.5rem}
.bar i{display:block;height:100%;border-radius:.2rem;background:var(--mark);transition:width .6s}
footer{text-align:center;color:var(--soft);font-size:.85rem;padding:.2rem 0 1rem}
a{color:var(--mark);text-decoration:none}
a:hover{text-decoration:underline}
@media(min-width:44rem){main{max-width:66rem;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr));padding:3rem 1.5rem}
.hero,.wide,footer{grid-column:1/-1}
.wide dl{display:grid;grid-template-columns:1fr 1fr;column-gap:2.5rem}.wide dl div:nth-child(2){border-top:0}
.hero{padding:1.75rem 2rem 1.6rem}h1{font-size:3rem}}
`;
