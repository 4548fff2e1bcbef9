/**
 * Keeps the page up to date from /api/status, every five seconds while somebody looks at it. The values that
 * change by themselves are written anew; if anything else is not as it was, the page is loaded again.
 */
export const PAGE_SCRIPT = `
(function(){
function two(s,a,m,b,n){var r=Math.floor(s%a/b);return Math.floor(s/a)+" "+m+(r?" "+r+" "+n:"")}
function time(s){return s<60?s+" s":s<3600?two(s,60,"min",1,"s"):s<86400?two(s,3600,"h",60,"min"):two(s,86400,"d",3600,"h")}
function size(b){return b<1024?b+" B":b<1048576?Math.round(b/1024)+" KiB":
b<1073741824?(b/1048576).toFixed(1)+" MiB":(b/1073741824).toFixed(1)+" GiB"}
function wait(s){return s?"in "+time(s):"now"}
function put(id,text,part){var e=document.getElementById(id);if(e)e.textContent=text;
e=document.getElementById(id+"-bar");if(e)e.style.width=100*part+"%"}
function key(s,d){return JSON.stringify([s.mac,s.ip,s.mask,s.gateway,s.dns,s.hostname,
d.state,d.source,d.probed,d.server,d.leaseSeconds,d.options,d.lastChange&&d.lastChange.reason])}
var was;
function show(s){
var d=s.dhcp,is=key(s,d);
if(was!==undefined&&was!==is)location.reload();
was=is;
put("uptime",time(s.uptimeSeconds));
put("memory",size(s.memory.used),s.memory.used/s.memory.total);
if(d.leaseSeconds!==null){put("lease",time(d.leaseSecondsLeft),d.leaseSecondsLeft/d.leaseSeconds);
put("t1",wait(d.renewalSecondsLeft));put("t2",wait(d.rebindingSecondsLeft))}
if(d.lastChange)put("ago",time(d.lastChange.secondsAgo)+" ago");
mark(true)}
function mark(here){document.body.className=here?"":"lost";put("live",here?"online":"no answer")}
function ask(){if(!document.hidden)fetch("/api/status").then(function(r){return r.json()}).then(show).catch(function(){mark(false)})}
setInterval(ask,5000);
})()
`;
