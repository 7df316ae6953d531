--- The error message for a method that is called with a dot instead of a colon, as `object.method(…)`. The type of the
--- first argument is appended.
return "rille: a method was called with a dot; call it with a colon, as object:method(...): its object is a "
