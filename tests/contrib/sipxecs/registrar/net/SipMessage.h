// A SIP message as the plug-in sees it.
#ifndef TEST_SIP_MESSAGE_H
#define TEST_SIP_MESSAGE_H

#include <sys/types.h>

#include "utl/UtlString.h"

class HttpMessage
{
public:
   HttpMessage(const char* bytes, size_t length);
   virtual ~HttpMessage();
   void getBytes(UtlString* bytes, ssize_t* length, bool includeBody = true) const;

protected:
   UtlString mBytes;
};

class SipMessage : public HttpMessage
{
public:
   SipMessage(const char* bytes, size_t length);
   virtual ~SipMessage();
   void getToUri(UtlString* uri) const;
};

#endif
